import Chorus
import ChorusCommand
import ChorusCore
import NIOCore
import Testing

@Suite("What a configuration says")
struct ConfigurationValueTests {
    @Test("an empty one has the defaults, and nothing has another place")
    func defaults() {
        let resolved = resolve("{}")
        #expect(resolved.complaints.isEmpty)
        #expect(resolved.places.isEmpty)
        #expect(resolved.settings.listen.port == 8000)
        #expect(resolved.settings.topics.historyCount == 1000)
    }

    @Test("comments, commas at the end and the name of a schema may stand in a file")
    func leniency() {
        let resolved = resolve(
            """
            // where editors find what is allowed
            {
              "$schema": "chorus.schema.json",
              /* everybody's */ "listen": {"port": 9000,},
            }
            """
        )
        #expect(resolved.complaints.isEmpty)
        #expect(resolved.settings.listen.port == 9000)
        #expect(resolved.places["listen.port"] == .file("chorus.json", line: 4, column: 40))
    }

    @Test(
        "times are seconds, or have a unit",
        arguments: [
            ("10", 10_000), ("0.25", 250), (#""250ms""#, 250), (#""25s""#, 25_000), (#""1.5m""#, 90_000),
            (#""24h""#, 86_400_000), (#""7""#, 7000),
        ] as [(String, Int64)]
    )
    func times(_ text: String, _ milliseconds: Int64) {
        let resolved = resolve(#"{"drain_time": \#(text)}"#)
        #expect(resolved.complaints.isEmpty)
        #expect(resolved.settings.drainTime == .milliseconds(milliseconds))
    }

    @Test(
        "other times are none",
        arguments: [
            "\"\"", "\"s\"", "\"1.s\"", "\".5s\"", "\"1d\"", "\"-1s\"", "-1", "86401", "1e300", "\"1 s\"", "null",
        ]
    )
    func noTimes(_ text: String) {
        #expect(resolve(#"{"drain_time": \#(text)}"#).complaints.count == 1)
    }

    @Test(
        "sizes are bytes, or have a unit",
        arguments: [
            ("1000", 1000), (#""64KiB""#, 65_536), (#""16MiB""#, 16 << 20), (#""1GiB""#, 1 << 30), (#""5""#, 5),
        ]
    )
    func sizes(_ text: String, _ bytes: Int) {
        let resolved = resolve(#"{"limits": {"message_size": \#(text)}}"#)
        #expect(resolved.complaints.isEmpty)
        #expect(resolved.settings.limits.messageSize == bytes)
    }

    @Test("other sizes are none", arguments: ["0", "\"1KB\"", "\"KiB\"", "1.5", "\"99999999999GiB\"", "\"1 MiB\""])
    func noSizes(_ text: String) {
        #expect(resolve(#"{"limits": {"message_size": \#(text)}}"#).complaints.count == 1)
    }

    @Test("the environment weighs more than the file; lists have commas there, and yes and 1 are true")
    func environment() {
        let text = #"{"listen": {"port": 1, "host": "::1"}, "origins": ["https://a.example"], "echo": false}"#
        let variables = [
            "CHORUS_LISTEN_PORT": "2", "CHORUS_ORIGINS": "https://b.example, *", "CHORUS_ECHO": "yes",
            "CHORUS_TOPICS_HISTORY_AGE": "24h", "CHORUS_LISTEN_HOST": "",
        ]
        let resolved = resolve(text, environment: variables)
        #expect(resolved.complaints.isEmpty)
        #expect(resolved.settings.listen.port == 2)
        #expect(resolved.settings.listen.host == "::1")
        #expect(resolved.settings.listen.origins == ["https://b.example", "*"])
        #expect(resolved.settings.echo)
        #expect(resolved.settings.topics.historyAge == .hours(24))
        #expect(resolved.places["listen.port"] == .environment("CHORUS_LISTEN_PORT"))
        #expect(resolved.places["listen.host"]?.description.hasPrefix("chorus.json:1:") == true)
    }

    @Test("a namespace has what it does not say from the topics, also what the environment says of them")
    func namespaces() throws {
        let text = """
            {
              "topics": {"history": {"count": 7}, "presence": {"enabled": false}, "publishers": "anyone"},
              "namespaces": [
                {"name": "chat", "presence": {"enabled": true, "grace": 0}, "publishers": "authenticated"},
                {"name": "prices", "latest": {"enabled": true, "keys": 5}, "subscribers": "server", "payload": "json"},
              ],
            }
            """
        let resolved = resolve(text, environment: ["CHORUS_TOPICS_WINDOW_MESSAGES": "99"])
        #expect(resolved.complaints.isEmpty)
        let hub = resolved.settings.hubConfiguration()
        #expect(hub.namespaces.map(\.name) == ["lobby", "chat", "prices"])
        let chat = try #require(hub.namespaces.first { $0.name == "chat" })
        #expect(chat.history?.count == 7)
        #expect(chat.presence.isOn && chat.presence.grace == .zero)
        #expect(chat.publishers == .authenticated)
        #expect(chat.window.messages == 99)
        #expect(chat.latest == nil && chat.overflow == .disconnect)
        let prices = try #require(hub.namespaces.first { $0.name == "prices" })
        #expect(!prices.presence.isOn)
        #expect(prices.latest?.keys == 5 && prices.overflow == .latest)
        #expect(prices.publishers == .anyone && prices.subscribers == .server)
        #expect(prices.payload == .json)
        #expect(hub.defaults.publishers == .anyone)
        // everybody's topic, the tutorial's, keeps and tells nothing
        #expect(hub.namespaces[0].history == nil && !hub.namespaces[0].presence.isOn)
    }

    @Test("where others can connect, clients may publish nowhere unless that is said")
    func publishers() {
        let open = resolve(
            #"{"listen": {"host": "0.0.0.0"}, "namespaces": [{"name": "chat", "publishers": "anyone"}]}"#
        )
        let hub = open.settings.hubConfiguration()
        #expect(hub.defaults.publishers == .server)
        #expect(hub.namespaces.map(\.publishers) == [.server, .anyone])
        #expect(hub.publishing == "to chat")
        let local = resolve(#"{"namespaces": [{"name": "news", "publishers": "server"}]}"#).settings
        #expect(local.hubConfiguration().publishing == "everywhere but in news")
        // a demo's namespace is no more open than topics are
        let users = resolve(#"{"topics": {"publishers": "authenticated"}}"#).settings
        let demo = users.hubConfiguration([Namespace("chat", publishers: .anyone)])
        #expect(demo.namespaces.map(\.publishers) == [.authenticated, .authenticated])
    }

    @Test("the list of namespaces can stand in a variable, and takes the place of the file's")
    func namespacesInVariable() {
        let text = #"{"namespaces": [{"name": "file"}]}"#
        let right = resolve(text, environment: ["CHORUS_NAMESPACES": #"[{"name": "chat", "history": {"count": 3}}]"#])
        #expect(right.complaints.isEmpty)
        #expect(right.settings.namespaces.map(\.name) == ["chat"])
        #expect(right.settings.namespaces.map(\.historyCount) == [3])
        #expect(right.places.keys.filter { $0.hasPrefix("namespaces.") }.allSatisfy { $0.contains("chat") })
        let wrong = resolve(text, environment: ["CHORUS_NAMESPACES": #"[{"name": "chat", "histry": {}}]"#])
        #expect(
            wrong.complaints == [
                "CHORUS_NAMESPACES:1:19: there is no setting namespaces.histry; did you mean namespaces.history?"
            ]
        )
    }

    @Test("the limits of clients of the Centrifuge protocol are those of the configuration; a rate of 0 is none")
    func centrifugeLimits() {
        let text = """
            {"centrifuge": {"max_topics": 5, "max_commands": 7, "command_rate": 11, "command_burst": 13,
                            "history_limit": 17, "expiry_delay": "19s", "ping_interval": "23s", "pong_timeout": "3s"}}
            """
        let options = resolve(text).settings.centrifugeOptions(nil)
        #expect(options.topicsPerConnection == 5 && options.commandsPerFrame == 7)
        #expect(options.commandRate == 11 && options.commandBurst == 13 && options.historyLimit == 17)
        #expect(options.expiryGrace == .seconds(19))
        #expect(options.keepAlive?.interval == .seconds(23) && options.keepAlive?.timeout == .seconds(3))
        #expect(resolve(#"{"centrifuge": {"command_rate": 0}}"#).settings.centrifugeOptions(nil).commandRate == nil)
    }

    @Test("everything that a namespace of the library can be has a setting")
    func everyOption() throws {
        let text = """
            {"namespaces": [{
              "name": "a", "history": {"count": 1, "age": 2, "bytes": 3}, "recovery": "on",
              "latest": {"enabled": true, "keys": 4, "bytes": 5, "age": 6},
              "presence": {
                "enabled": true, "told": false, "per_user": true, "grace": 7, "interval": 8, "list_limit": 9
              },
              "window": {"messages": 10, "bytes": 11}, "overflow": "resync", "slows_publishers": false,
              "publishers": "authenticated", "subscribers": "authenticated", "payload": "json", "message_size": 12
            }]}
            """
        let resolved = resolve(text)
        #expect(resolved.complaints.isEmpty)
        let namespace = try #require(resolved.settings.hubConfiguration().namespaces.last)
        var presence = PresenceOptions(
            isTold: false,
            isPerUser: true,
            grace: .seconds(7),
            interval: .seconds(8),
            listLimit: 9
        )
        presence.isOn = true
        #expect(namespace.history == History(count: 1, age: .seconds(2), bytes: 3))
        #expect(namespace.recovery == .on)
        #expect(namespace.latest == Latest(keys: 4, bytes: 5, age: .seconds(6)))
        #expect(namespace.presence == presence)
        #expect(namespace.window == Window(messages: 10, bytes: 11))
        #expect(namespace.overflow == .resync && !namespace.slowsPublishers)
        #expect(namespace.publishers == .authenticated && namespace.subscribers == .authenticated)
        #expect(namespace.payload == .json && namespace.messageSize == 12)
    }
}
