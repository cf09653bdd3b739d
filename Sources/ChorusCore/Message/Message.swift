public import NIOCore

/// What is published: a payload, and optionally a key, tags and somebody who is left out.
///
/// The payload is kept as bytes, and copied once per event loop and wire format, not per subscriber.
public struct Message: Hashable, Sendable {
    /// What the payload's bytes are.
    public enum Kind: UInt8, Sendable {
        /// UTF-8 text.
        case text
        /// Any bytes.
        case binary
        /// One valid JSON value in UTF-8.
        case json
    }

    /// The payload.
    public var payload: ByteBuffer
    /// What the payload's bytes are.
    public var kind: Kind
    /// What the message is the newest value of (a symbol, a game); `nil` if it is not a value of anything.
    public var key: String?
    /// Labels that travel with the message to ``Hub/subscribe(to:from:)`` and in envelopes (`?format=json`). Default
    /// none.
    public var tags: [String: String]
    /// Who published it, where that is told: envelopes say it (`from`). Set by the stand-alone endpoints where the topic
    /// has presence, and by ``Topic``'s methods that take a client. Its identifier is that of the publisher's session.
    public var publisher: Member? {
        get { from?.member }
        set { from = newValue.map(Publisher.init) }
    }
    /// The same, in a form that all messages of one publisher share.
    package var from: Publisher?
    /// What stands in the log in place of a message: who has come or gone.
    /// Encoders of formats that cannot say so write nothing for it.
    public internal(set) var notice: PresenceNotice?
    /// The session that does not receive it.
    package var excluded: SessionID?
    /// Given by the broker: the message's place in its topic's history, 0 where there is none.
    package var offset: UInt64 = 0
    package var epoch: UInt64 = 0
    /// When it was accepted, in milliseconds since 1970; 0 before that.
    public package(set) var time: Int64 = 0

    /// Makes a message from bytes. Text and JSON must be valid UTF-8; it is not checked again.
    public init(_ kind: Kind, _ payload: ByteBuffer, key: String? = nil, tags: [String: String] = [:]) {
        self.kind = kind
        self.payload = payload
        self.key = key
        self.tags = tags
    }

    /// Makes a text message.
    public init(_ text: String, key: String? = nil, tags: [String: String] = [:]) {
        self.init(.text, ByteBuffer(string: text), key: key, tags: tags)
    }

    /// Its place in its topic's history; `nil` before it was published, and where nothing is kept.
    public var position: Position? { offset == 0 ? nil : Position(epoch: epoch, offset: offset) }

    /// The payload as a string; bytes that are not UTF-8 are replaced.
    public var text: String { String(buffer: payload) }

    /// What the message counts against a topic's window and the process budget, in bytes: its payload, key and tags, and
    /// a fixed amount for the entry that holds it.
    package var cost: Int { payload.readableBytes + Message.overhead + labelBytes + (notice?.cost ?? 0) }

    /// The bytes of its key and tags.
    package var labelBytes: Int {
        guard key != nil || !tags.isEmpty else { return 0 }
        return (key?.utf8.count ?? 0) + tags.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
    }

    static let overhead = 64

    /// Whether anything but its payload is kept with it.
    var hasLabels: Bool { key != nil || !tags.isEmpty || from != nil }

    /// About what its key, its tags and its publisher take where messages are kept.
    var labelCost: Int {
        let labels = (key.map { 64 + $0.utf8.count } ?? 0) + (from?.cost ?? 0)
        return labels + tags.reduce(0) { $0 + 64 + $1.key.utf8.count + $1.value.utf8.count }
    }

    /// Makes an entry of a log that is no message.
    package init(_ notice: PresenceNotice) {
        self.init(.json, ByteBuffer())
        self.notice = notice
    }
}

extension Message: ExpressibleByStringLiteral {
    /// Makes a text message.
    public init(stringLiteral value: String) { self.init(value) }
}
