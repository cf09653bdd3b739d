import JSONWire
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

/// What a ``TopicSubscription`` gives.
public enum TopicEvent: Sendable {
    /// Something was published.
    case message(TopicMessage)
    /// Everything after the position follows, or, in topics that keep nothing, what is published from now on. With the
    /// server's notice.
    case subscribed(TopicPosition?, json: String)
    /// Something is lost: it is not kept any more, or never was while the connection was down. With the server's notice,
    /// or the one that it would have sent had it known.
    case gap(TopicPosition?, json: String)
    /// Another notice of the server (`docs/json.md` in the source), by its name.
    case notice(String, json: String)
    /// The connection is lost, and will be tried again.
    case disconnected(any Error, retryIn: Duration)
}

/// A message of a topic, as a subscriber receives it.
public struct TopicMessage: Sendable {
    /// What was published.
    public enum Payload: Sendable, Hashable {
        /// A text.
        case text(String)
        /// A JSON value that is not a string.
        case json(String)
        /// Bytes.
        case binary([UInt8])
    }

    /// The topic's name.
    public let topic: String
    /// What was published.
    public let payload: Payload
    /// Its place, in a topic that keeps messages.
    public let position: TopicPosition?
    /// When it was accepted, in milliseconds since 1970.
    public let time: Int64?
    /// What it is the newest value of.
    public let key: String?
    /// Labels.
    public let tags: [String: String]
    /// All of it as the server sent it: one JSON object.
    public let json: String

    /// The payload as text: JSON as it is, bytes in base64.
    public var text: String {
        switch payload {
        case .text(let text), .json(let text): text
        case .binary(let bytes): Data(bytes).base64EncodedString()
        }
    }
}

extension TopicEvent {
    /// It says only that the server is there.
    var isHeartbeat: Bool { if case .notice("heartbeat", _) = self { true } else { false } }

    /// Reads what a server sends with `?format=json`; `nil` when it is nothing of that kind.
    init?(_ text: ByteBuffer) {
        guard let value = try? JSONValue(text), let fields = value.fields else { return nil }
        let field = Dictionary(fields.map { ($0.name, $0.value) }) { $1 }
        var position: TopicPosition?
        if let epoch: UInt64 = field["epoch"]?.integer(), let offset: UInt64 = field["offset"]?.integer() {
            position = TopicPosition(epoch: epoch, offset: offset)
        }
        let json = String(buffer: value.text)
        switch field["notice"]?.string {
        case "subscribed", "latest": self = .subscribed(position, json: json)
        case "gap": self = .gap(position, json: json)
        case let notice?: self = .notice(notice, json: json)
        case nil:
            guard let data = field["data"] else { return nil }
            let isBase64 = field["encoding"]?.string == "base64"
            let tags = (field["tags"]?.fields ?? []).map { ($0.name, $0.value.string ?? "") }
            self = .message(
                TopicMessage(
                    topic: field["topic"]?.string ?? "",
                    payload: TopicMessage.Payload(data, isBase64: isBase64),
                    position: position,
                    time: field["time"]?.integer(),
                    key: field["key"]?.string,
                    tags: Dictionary(tags) { $1 },
                    json: json
                )
            )
        }
    }
}

extension TopicMessage.Payload {
    fileprivate init(_ data: JSONValue, isBase64: Bool) {
        guard let string = data.string else {
            self = .json(String(buffer: data.text))
            return
        }
        if isBase64, let bytes = Data(base64Encoded: string) {
            self = .binary(Array(bytes))
        } else {
            self = .text(string)
        }
    }
}
