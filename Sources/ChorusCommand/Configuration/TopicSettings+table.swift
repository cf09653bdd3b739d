import ChorusCore
import NIOCore

extension TopicSettings {
    /// Everything that can be said of topics. The flags are those for all topics.
    static let table: [Setting<TopicSettings>] = [
        Setting(
            "history.count",
            \.historyCount,
            .count(from: 0),
            flag: "--history-messages",
            "How many messages a topic keeps for those who come late or come back; 0 for none. /ws keeps none."
        ),
        Setting(
            "history.age",
            \.historyAge,
            .time(to: .hours(24 * 366)),
            flag: "--history-age",
            "How long a topic keeps them."
        ),
        Setting(
            "history.bytes",
            \.historyBytes,
            .bytes(),
            flag: "--history-bytes",
            "How many bytes of them a topic keeps."
        ),
        Setting(
            "recovery",
            \.recovery,
            .choice(["off": .off, "on": .on, "forced": .forced]),
            """
            Whether clients may begin in the past: those who ask (on); and everybody is told a position to \
            come back with (forced).
            """
        ),
        Setting(
            "recovery_mode",
            \.recoveryMode,
            .optional(.choice(["stream": .stream, "latest": .latest])),
            """
            What clients of the Centrifuge protocol recover: everything, or the newest message of every key. \
            Without: everything where messages are kept, otherwise the newest.
            """
        ),
        Setting(
            "latest.enabled",
            \.keepsLatest,
            .flag,
            """
            Whether the newest message of every key is kept, for those who come late and for readers that \
            are too slow for the others.
            """
        ),
        Setting(
            "latest.keys",
            \.latestKeys,
            .count(),
            flag: "--latest-keys",
            "How many keys a topic keeps; beyond it, those with the newest messages."
        ),
        Setting("latest.bytes", \.latestBytes, .bytes(), "How many bytes of them a topic keeps."),
        Setting(
            "latest.age",
            \.latestAge,
            .optional(.time(to: .hours(24 * 366))),
            "How long a newest message is kept; without, until there is a newer one."
        ),
        Setting(
            "presence.enabled",
            \.presence,
            .flag,
            flag: "--presence",
            "Know who is subscribed, and tell clients of ?format=json. /ws has none."
        ),
        Setting("presence.told", \.presenceIsTold, .flag, "Whether subscribers are told who joins and leaves."),
        Setting(
            "presence.per_user",
            \.presenceIsPerUser,
            .flag,
            "Whether a user is told of once, however many connections he has."
        ),
        Setting(
            "presence.grace",
            \.presenceGrace,
            .time(from: .zero, to: .hours(1)),
            "A user who comes back so soon has not left."
        ),
        Setting(
            "presence.interval",
            \.presenceInterval,
            .time(from: .zero, to: .hours(1)),
            "Joins and leaves are told no more often than this."
        ),
        Setting(
            "presence.list_limit",
            \.presenceListLimit,
            .count(from: 0, to: 10_000),
            "With more members than this only their number is told."
        ),
        Setting(
            "window.messages",
            \.windowMessages,
            .count(),
            flag: "--window-messages",
            "How many messages a reader may be behind before it is closed with 1013."
        ),
        Setting(
            "window.bytes",
            \.windowBytes,
            .bytes(),
            flag: "--window-bytes",
            "How many bytes a reader may be behind."
        ),
        Setting(
            "overflow",
            \.overflow,
            .optional(.choice(["disconnect": .disconnect, "resync": .resync, "latest": .latest])),
            """
            What happens to a reader that is further behind: it is closed; told of the gap; or given the \
            newest message of every key. Without: latest where that is kept, otherwise disconnect.
            """
        ),
        Setting(
            "slows_publishers",
            \.slowsPublishers,
            .flag,
            "Whether publishers are slowed down while readers are behind by more than half the window."
        ),
        Setting(
            "publishers",
            \.publishers,
            .optional(
                .choice([
                    "anyone": .anyone, "authenticated": .authenticated, "subscribers": .subscribers, "server": .server,
                ])
            ),
            """
            Which clients may publish. Without: anyone if only this machine can connect, otherwise server, \
            which is none.
            """
        ),
        Setting(
            "subscribers",
            \.subscribers,
            .choice(["anyone": .anyone, "authenticated": .authenticated, "server": .server]),
            "Which clients may subscribe by themselves."
        ),
        Setting(
            "tells_publishers",
            \.tellsPublishers,
            .optional(.flag),
            "Whether subscribers are told which client has published. Without: where they are told who is present."
        ),
        Setting(
            "payload",
            \.payload,
            .choice(["any": .any, "json": .json]),
            "What clients may publish: anything, or JSON alone."
        ),
        Setting(
            "message_size",
            \.messageSize,
            .optional(.bytes()),
            "The largest payload; a larger message is not published. Without: as large as clients may send."
        ),
    ]
}
