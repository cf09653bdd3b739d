import Chorus
package import ChorusCore
package import NIOCore

/// What the topics of a namespace have in common, as a configuration says it.
package struct TopicSettings: Sendable {
    package var name = ""
    package var historyCount = 1000
    package var historyAge: TimeAmount = .minutes(10)
    package var historyBytes = 16 << 20
    package var recovery = RecoveryPolicy.forced
    /// `nil`: everything where there is a history, otherwise the newest messages.
    package var recoveryMode: RecoveryMode?
    package var keepsLatest = false
    package var latestKeys = 10_000
    package var latestBytes = 16 << 20
    package var latestAge: TimeAmount?
    package var presence = true
    package var presenceIsTold = true
    package var presenceIsPerUser = false
    package var presenceGrace = TimeAmount.seconds(3)
    package var presenceInterval = TimeAmount.milliseconds(100)
    package var presenceListLimit = 200
    package var windowMessages = 16_384
    package var windowBytes = 2 << 20
    /// `nil`: the newest message of every key where it is kept, otherwise the reader is closed.
    package var overflow: OverflowPolicy?
    package var slowsPublishers = true
    /// `nil`: everybody if only this machine can connect, otherwise nobody.
    package var publishers: Access?
    package var subscribers = Access.anyone
    /// `nil`: where they are told who is present.
    package var tellsPublishers: Bool?
    package var payload = PayloadRule.any
    package var messageSize: Int?

    package init() {}

    /// The same in a namespace, to be changed there.
    func named(_ name: String) -> TopicSettings {
        var settings = self
        settings.name = name
        return settings
    }

    /// The tutorial's topic, `lobby`, remembers nothing and tells nothing.
    var asLobby: TopicSettings {
        var settings = named("lobby")
        settings.historyCount = 0
        settings.presence = false
        settings.recoveryMode = nil
        settings.keepsLatest = false
        settings.payload = .any
        settings.overflow = nil
        return settings
    }

    /// - Parameter publishers: who may publish where nothing is said of it.
    func namespace(publishers standard: Access) -> Namespace {
        var presence = PresenceOptions(
            isTold: presenceIsTold,
            isPerUser: presenceIsPerUser,
            grace: presenceGrace,
            interval: presenceInterval,
            listLimit: presenceListLimit
        )
        presence.isOn = self.presence
        return Namespace(
            name,
            history: historyCount > 0 ? History(count: historyCount, age: historyAge, bytes: historyBytes) : nil,
            recovery: recovery,
            recoveryMode: recoveryMode,
            latest: keepsLatest ? Latest(keys: latestKeys, bytes: latestBytes, age: latestAge) : nil,
            presence: presence,
            window: Window(messages: windowMessages, bytes: windowBytes),
            overflow: overflow ?? (keepsLatest ? .latest : .disconnect),
            slowsPublishers: slowsPublishers,
            publishers: publishers ?? standard,
            subscribers: subscribers,
            tellsPublishers: tellsPublishers,
            payload: payload,
            messageSize: messageSize
        )
    }
}
