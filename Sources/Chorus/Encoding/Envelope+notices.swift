package import ChorusCore
import JSONWire
package import NIOCore

/// What stands in a notice besides its topic and its name.
extension Envelope {
    /// Appends how a subscription has begun, or that something is lost to it: `subscribed` with the position after
    /// which all messages follow, `latest` with the position up to which the newest of every key follow, `gap` with the
    /// position up to which something is missing; and with the `edge`, up to which messages are of the past.
    ///
    /// - Parameters:
    ///   - session: the client's own, by which presence calls it.
    ///   - heartbeat: how often the client hears something at least.
    package static func write(
        _ start: SubscriptionStart,
        topic: String,
        session: SessionID? = nil,
        heartbeat: TimeAmount? = nil,
        into out: inout ByteBuffer
    ) {
        let (name, position, edge): (StaticString, Position?, UInt64?) =
            switch start {
            case .live: ("subscribed", nil, nil)
            case .recovering(let position, let edge): ("subscribed", position, edge)
            case .latest(let position): ("latest", position, nil)
            case .gap(let position, let edge): ("gap", position, edge)
            }
        begin(topic, notice: name, into: &out)
        write(position, into: &out)
        if let edge { out.writeString(#","edge":\#(edge)"#) }
        if let session { out.writeString(#","session":"\#(session)""#) }
        write(heartbeat, into: &out)
        out.writeInteger(UInt8(ascii: "}"))
    }

    /// Appends that the server is there, which it says again after `interval`: `heartbeat`, in milliseconds.
    static func writeHeartbeat(_ interval: TimeAmount, into out: inout ByteBuffer) {
        begin("", notice: "heartbeat", into: &out)
        write(interval, into: &out)
        out.writeInteger(UInt8(ascii: "}"))
    }

    private static func write(_ heartbeat: TimeAmount?, into out: inout ByteBuffer) {
        if let heartbeat { out.writeString(#","heartbeat":\#(heartbeat.nanoseconds / 1_000_000)"#) }
    }

    /// Appends that the program has taken the client out of the topic.
    static func writeUnsubscribed(_ topic: String, into out: inout ByteBuffer) {
        begin(topic, notice: "unsubscribed", into: &out)
        out.writeInteger(UInt8(ascii: "}"))
    }

    /// Appends why what the client has sent is not published: `message`, which of all that it has sent on this
    /// connection, counted from 1, `code`, for programs, and `reason`, for people.
    static func write(_ refusal: PublishRefusal, of message: Int, topic: String, into out: inout ByteBuffer) {
        begin(topic, notice: "refused", into: &out)
        out.writeString(#","message":\#(message)"#)
        out.writeStaticString(#","code":"#)
        out.writeJSONString(refusal.code.utf8)
        out.writeStaticString(#","reason":"#)
        out.writeJSONString(refusal.reason.utf8)
        out.writeInteger(UInt8(ascii: "}"))
    }

    /// Appends who has come (`join`), gone (`leave`), or is there (`presence`), and how many are: `members`, each with
    /// `id` and, if known, `user` and `info`, `sessions` and `users`.
    package static func write(_ notice: PresenceNotice, topic: String, into out: inout ByteBuffer) {
        let (name, members): (StaticString, [Member]?) =
            switch notice {
            case .joined(let members, _): ("join", members)
            case .left(let members, _): ("leave", members)
            case .present(let members, _): ("presence", members)
            }
        begin(topic, notice: name, into: &out)
        if let members { write(members, into: &out) }
        out.writeString(#","sessions":\#(notice.count.sessions),"users":\#(notice.count.users)}"#)
    }

    private static func write(_ members: [Member], into out: inout ByteBuffer) {
        out.writeStaticString(#","members":["#)
        for (index, member) in members.enumerated() {
            if index > 0 { out.writeInteger(UInt8(ascii: ",")) }
            write(member, into: &out)
        }
        out.writeInteger(UInt8(ascii: "]"))
    }

    static func write(_ member: Member, into out: inout ByteBuffer) {
        out.writeStaticString(#"{"id":"#)
        out.writeJSONString(member.id.utf8)
        if let user = member.user {
            out.writeStaticString(#","user":"#)
            out.writeJSONString(user.utf8)
        }
        if let info = member.info {
            out.writeStaticString(#","info":"#)
            out.writeImmutableBuffer(info)
        }
        out.writeInteger(UInt8(ascii: "}"))
    }

    private static func begin(_ topic: String, notice: StaticString, into out: inout ByteBuffer) {
        begin(topic, into: &out)
        out.writeStaticString(#""notice":""#)
        out.writeStaticString(notice)
        out.writeInteger(UInt8(ascii: "\""))
    }
}
