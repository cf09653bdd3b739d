import ChorusCore
import NIOCore
import Synchronization

/// A presence under test, and what it has delivered.
struct PresenceProbe: Sendable {
    private let presence: any Presence
    private let log = NoticeLog()

    init(_ presence: any Presence) {
        self.presence = presence
        presence.start(log)
    }

    /// A topic, and the options with which everybody joins and leaves it.
    func room(_ topic: String, _ options: PresenceOptions = .quick) throws -> PresenceRoom {
        PresenceRoom(presence: presence, log: log, topic: try TopicName(topic), options: options)
    }
}

/// The notices of all topics. It does not know the presence, which knows it: neither outlives the check.
final class NoticeLog: PresenceDelivery {
    private let notices = Mutex<[TopicName: [PresenceNotice]]>([:])

    func deliver(_ notice: PresenceNotice, to topic: TopicName) {
        notices.withLock { $0[topic, default: []].append(notice) }
    }

    /// What has been delivered to a topic, in order.
    func notices(of topic: TopicName) -> [PresenceNotice] { notices.withLock { $0[topic] ?? [] } }
}

extension PresenceOptions {
    /// Everybody leaves at once, and it is told soon.
    static let quick = PresenceOptions(grace: .zero, interval: .milliseconds(20))
    /// No user leaves while a check runs.
    static let patient = PresenceOptions(grace: .hours(1), interval: .milliseconds(20))
    /// A user leaves while a check waits for it.
    static let brief = PresenceOptions(grace: .milliseconds(60), interval: .milliseconds(20))
}

extension Member {
    init(_ id: String, as user: String?, info: String?) {
        self.init(id: id, user: user, info: info.map { ByteBuffer(string: $0) })
    }

    /// As checks expect it: `1 as ann {"a":1}`.
    var text: String {
        let name = user.map { "\(id) as \($0)" } ?? id
        return info.map { "\(name) \(String(buffer: $0))" } ?? name
    }
}

extension PresenceNotice {
    /// The members that it names.
    var members: [Member]? {
        switch self {
        case .joined(let members, _), .left(let members, _): members
        case .present(let members, _): members
        }
    }

    /// As failures show it: `+1,2 as ann (2/1)`.
    var text: String {
        let names = members.map { $0.map(\.text).joined(separator: ",") } ?? "?"
        let sign =
            switch self {
            case .joined: "+"
            case .left: "-"
            case .present: "="
            }
        return "\(sign)\(names) (\(count.sessions)/\(count.users))"
    }
}
