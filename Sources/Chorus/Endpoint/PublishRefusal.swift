import ChorusCore
import JSONWire
import Logging
import NIOCore
import WebSocketWire

/// Why what a client has sent is not published.
struct PublishRefusal: Error {
    /// What `?format=json` and the metrics call it.
    let code: String
    /// What a client without an envelope is closed with.
    let closeCode: WebSocketCloseCode
    /// One sentence for the client.
    let reason: String

    static let notPermitted = PublishRefusal(
        code: "not_permitted",
        closeCode: .policyViolation,
        reason: "this client may not publish to this topic"
    )

    static func tooLarge(_ limit: Int) -> PublishRefusal {
        PublishRefusal(
            code: "message_too_large",
            closeCode: .messageTooBig,
            reason: "a message to this topic has at most \(limit) bytes"
        )
    }

    static func notJSON(_ reason: String) -> PublishRefusal {
        PublishRefusal(
            code: "not_json",
            closeCode: .invalidPayload,
            reason: "a message to this topic is JSON: \(reason)"
        )
    }

    /// What a hook has thrown.
    init(_ error: any Error) {
        switch error {
        case let refusal as Refusal: self.init(code: "refused", closeCode: .policyViolation, reason: refusal.reason)
        case is HookTimeout:
            self.init(code: "timeout", closeCode: .internalError, reason: "the server could not decide in time")
        default: self.init(code: "internal", closeCode: .internalError, reason: "the server could not decide")
        }
    }

    private init(code: String, closeCode: WebSocketCloseCode, reason: String) {
        self.code = code
        self.closeCode = closeCode
        self.reason = reason
    }
}

extension Namespace {
    /// Whether subscribers are told who publishes; by default where they know of each other.
    var namesPublishers: Bool {
        publishers != .server && tellsPublishers ?? (presence.isOn && presence.isTold)
    }
}

extension Namespace {
    /// Why a client may not publish this by itself, if that is so.
    func refusal(of message: Message, from user: String?, isSubscribed: Bool) -> PublishRefusal? {
        guard publishers.includes(user, isSubscribed: isSubscribed) else { return .notPermitted }
        guard let limit = messageSize, message.payload.readableBytes > limit else { return nil }
        return .tooLarge(limit)
    }
}

extension Message {
    /// The message as topics of JSON take it (``PayloadRule/json``).
    func asJSON() throws(PublishRefusal) -> Message {
        guard kind == .text else { throw .notJSON("this is binary") }
        var message = self
        do throws(JSONError) {
            let value = try JSONValue(payload)
            if let string = value.string {
                message.payload = ByteBuffer(string: string)
            } else {
                message.kind = .json
                message.payload = value.compact
            }
        } catch {
            throw .notJSON(error.description)
        }
        return message
    }
}

extension ConnectionHandler {
    /// What the client sent is not published. It is told by a notice, or closed where it has no envelope: what it sends
    /// next may build on what is missing.
    ///
    /// - Parameter message: which of all that it has sent, from 1.
    func refuse(_ refusal: PublishRefusal, of message: Int, to topic: TopicName) {
        loop.counters.refuse(refusal)
        log("refused a message", ["chorus.code": "\(refusal.code)", "chorus.topic": "\(topic)"])
        guard receiver?.format == .envelope else { return close(refusal.closeCode, refusal.reason) }
        var notice = ByteBuffer()
        Envelope.write(refusal, of: message, topic: topic.description, into: &notice)
        sendFrame(.text, notice, isReply: true)
    }
}
