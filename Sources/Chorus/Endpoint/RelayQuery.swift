import ChorusCore
import JSONWire
import NIOCore
import WebSocketWire

/// What the query of `/ws/{topic}` asks for: `last=50`, `since=EPOCH:OFFSET`, both, or `latest`; `format=json`, and
/// `name`.
final class RelayQuery {
    let point: StartingPoint
    let format: MessageFormat
    /// What presence is to say of the client: `{"name": …}`.
    let info: ByteBuffer?

    /// The most that `last` may ask for; a topic rarely keeps more.
    private static let mostLast = 1_000_000
    /// The longest name, in bytes.
    private static let longestName = 100

    /// Throws 400 when a value is none that is known, and 403 when the namespace's past is not for clients.
    init(_ query: ConnectRequest.Query, in namespace: Namespace) throws(HandshakeRefusal) {
        guard !query.isBroken else { throw RelayQuery.refusal("a value is not valid percent-encoded UTF-8") }
        switch query["format"] {
        case nil, "plain": format = .plain
        case "json": format = .envelope
        case .some: throw RelayQuery.refusal("format is json or plain")
        }
        let name = namespace.presence.isOn ? query["name"] ?? "" : ""
        info = name.isEmpty ? nil : try RelayQuery.info(name)
        var point = try RelayQuery.point(query)
        guard point == nil || namespace.recovery != .off else {
            throw HandshakeRefusal(status: 403, reason: "The past of this topic is not for clients.")
        }
        if format == .plain, query["since"] != nil, query["last"] != nil {
            throw RelayQuery.refusal("last beside since is for format=json, which tells of what is lost")
        }
        guard point != .latest || namespace.latest != nil else {
            throw RelayQuery.refusal("latest is for topics that keep the newest message of every key")
        }
        // who reads envelopes is told from where on, so that it can come back
        if point == nil, format == .envelope, namespace.recovery == .forced { point = .last(0) }
        self.point = point ?? .now
    }

    private static func point(_ query: ConnectRequest.Query) throws(HandshakeRefusal) -> StartingPoint? {
        let last = try query["last"].map { last throws(HandshakeRefusal) in
            guard let count = Int(last), (0...mostLast).contains(count) else {
                throw refusal("last is a number of messages up to \(mostLast)")
            }
            return count
        }
        let since = try query["since"].map { since throws(HandshakeRefusal) in
            guard let position = Position(since) else { throw refusal("since is EPOCH:OFFSET") }
            return position
        }
        switch (last, since, query["latest"]) {
        case (nil, nil, nil): return nil
        case (let last?, nil, nil): return .last(last)
        case (let last, let since?, nil): return .since(since, orLast: last ?? 0)
        case (nil, nil, _?): return .latest
        default: throw refusal("latest excludes last and since")
        }
    }

    private static func info(_ name: String) throws(HandshakeRefusal) -> ByteBuffer {
        guard name.utf8.count <= longestName else {
            throw refusal("name has at most \(longestName) bytes")
        }
        var info = ByteBuffer(string: #"{"name":"#)
        info.writeJSONString(name.utf8)
        info.writeInteger(UInt8(ascii: "}"))
        return info
    }

    private static func refusal(_ reason: String) -> HandshakeRefusal {
        HandshakeRefusal(status: 400, reason: "In the query: \(reason).")
    }
}
