import ChorusCore
import JSONWire
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

extension HTTPAPI {
    /// `publish`: to one topic. Gives `offset` and `epoch` where the topic has a history.
    func publish(_ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        let topic = try parameters.topic()
        return try await publish(try message(parameters), to: topic, try options(parameters))
    }

    /// `broadcast`: the same to several. Gives `responses`, in the order of `channels`.
    func broadcast(_ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        guard let names = try parameters.elements("channels"), !names.isEmpty else {
            throw .badRequest("channels is missing")
        }
        guard names.count <= limits.listLength else {
            throw .badRequest("channels has more than \(limits.listLength) elements")
        }
        let message = try message(parameters)
        let options = try options(parameters)
        let responses = await answers(to: names, atOnce: true) { name in
            await answer { () throws(APIError) in
                guard let name = name.string else { throw .badRequest("a channel is a string") }
                return try await publish(message, to: APIParameters.topic(name), options)
            }
        }
        return .jsonObject { $0.field("responses", elements: responses) }
    }

    private func publish(
        _ message: Message,
        to topic: TopicName,
        _ options: PublishOptions
    ) async throws(APIError) -> ByteBuffer {
        let position = try await asAPI { () throws(ChorusError) in try await hub.publish(message, to: topic, options) }
        guard let position, !options.skipsHistory else { return HTTPAPI.nothing }
        return .jsonObject {
            $0.field("offset", position.offset)
            $0.field("epoch", "\(position.epoch)")
        }
    }

    /// `data` is any JSON value, of which a string is a text; `b64data` is binary, and counts where both are there.
    private func message(_ parameters: APIParameters) throws(APIError) -> Message {
        let message: Message
        let key = try short("key", parameters)
        let tags = try parameters.labels("tags")
        if let base64 = try parameters.string("b64data"), !base64.isEmpty {
            guard let bytes = Data(base64Encoded: base64) else { throw .badRequest("b64data is not base64") }
            message = Message(.binary, ByteBuffer(bytes: bytes), key: key, tags: tags)
        } else if let data = parameters["data"] {
            if let text = data.string {
                message = Message(text, key: key, tags: tags)
            } else {
                // a copy: the slice would keep all of the request for as long as the message is kept
                message = Message(.json, ByteBuffer(bytes: data.compact.readableBytesView), key: key, tags: tags)
            }
        } else {
            throw .badRequest("data is missing")
        }
        guard message.payload.readableBytes + message.labelBytes <= limits.messageSize else {
            throw .badRequest("data, key and tags have at most \(limits.messageSize) bytes")
        }
        return message
    }

    private func short(_ name: String, _ parameters: APIParameters) throws(APIError) -> String? {
        let text = try parameters.string(name)
        guard text?.utf8.count ?? 0 <= limits.keyLength else {
            throw .badRequest("\(name) has at most \(limits.keyLength) bytes")
        }
        return text
    }

    private func options(_ parameters: APIParameters) throws(APIError) -> PublishOptions {
        var options = PublishOptions(skipsHistory: try parameters.bool("skip_history"))
        if let key = try short("idempotency_key", parameters), !key.isEmpty { options.idempotencyKey = key }
        if let number: UInt64 = try parameters.number("version"), number > 0 {
            options.version = .init(number, epoch: try short("version_epoch", parameters) ?? "")
        }
        return options
    }
}
