import NIOCore

/// What a topic's subscribers are told of its members. It travels in the topic's log, in order with the messages.
///
/// Every notice is the difference to the one before: whoever applies them in their order knows who is there. Applying
/// one twice changes nothing.
public indirect enum PresenceNotice: Hashable, Sendable {
    /// These have come; nobody, when only the number of sessions has changed.
    case joined([Member], PresenceCount)
    /// These have gone. All of them were told of before.
    case left([Member], PresenceCount)
    /// These are there, and nobody else. `nil` when there are too many to be told of: then only their number is known,
    /// until the next notice of this kind.
    case present([Member]?, PresenceCount)

    /// How many are there now.
    public var count: PresenceCount {
        switch self {
        case .joined(_, let count), .left(_, let count), .present(_, let count): count
        }
    }

    /// About what it takes in the log, in bytes.
    var cost: Int {
        switch self {
        case .joined(let members, _), .left(let members, _), .present(.some(let members), _):
            members.reduce(0) { sum, member in
                sum + 64 + (member.user?.utf8.count ?? 0) + (member.info?.readableBytes ?? 0)
                    + (member.connectionInfo?.readableBytes ?? 0)
            }
        case .present(nil, _): 0
        }
    }
}
