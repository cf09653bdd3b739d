import ChorusCore
import WebSocketWire

/// What the query of `/ws/{topic}` asks for: `last=50` or `since=EPOCH:OFFSET`, and `format=json`.
struct RelayQuery {
    var point = StartingPoint.now
    var format = FrameFormat.plain

    /// The most that `last` may ask for; a topic rarely keeps more.
    private static let mostLast = 1_000_000

    /// Throws 400 when a value is none that is known.
    init(_ query: ConnectRequest.Query) throws(HandshakeRefusal) {
        switch query["format"] {
        case nil, "plain": break
        case "json": format = .envelope
        case .some: throw RelayQuery.refusal("format is json or plain")
        }
        if let last = query["last"] {
            guard let count = Int(last), (0...RelayQuery.mostLast).contains(count) else {
                throw RelayQuery.refusal("last is a number of messages up to \(RelayQuery.mostLast)")
            }
            point = .last(count)
        }
        if let since = query["since"] {
            guard query["last"] == nil else { throw RelayQuery.refusal("last and since exclude each other") }
            guard let position = Position(since) else { throw RelayQuery.refusal("since is EPOCH:OFFSET") }
            point = .since(position)
        }
        // who reads envelopes is told from where on, so that it can come back
        if point == .now, format == .envelope { point = .last(0) }
    }

    private static func refusal(_ reason: String) -> HandshakeRefusal {
        HandshakeRefusal(status: 400, reason: "In the query: \(reason).")
    }
}
