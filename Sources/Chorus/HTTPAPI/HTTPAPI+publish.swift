import ChorusCore
import JSONWire
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

extension APIMethod {
    static let publish = APIMethod(
        name: "publish",
        summary: "Publishes to one topic.",
        fields: [APIFields.channel.required] + PublishFields.all,
        oneOf: PublishFields.payloads,
        result: .reference("Position")
    ) { api, parameters throws(APIError) in try await api.publish(parameters) }

    static let broadcast = APIMethod(
        name: "broadcast",
        summary: "Publishes the same to several topics.",
        fields: [PublishFields.channels.required] + PublishFields.all,
        oneOf: PublishFields.payloads,
        result: .object([.field("responses", .array(of: .reference("PublishResponse")), "In the order of channels.")])
    ) { api, parameters throws(APIError) in try await api.broadcast(parameters) }
}

private enum PublishFields {
    static let channels = APIField<[JSONValue]>.array("channels", of: .string(), "The topics.")
    static let data = APIField<JSONValue>("data", .any, rule: "", "Any JSON value, of which a string is a text.") { $0 }
    static let binary = APIField<String>.string(
        "b64data",
        pattern: APIFields.base64,
        "Binary in base64; counts where data is there too, unless it is empty."
    )
    static let key = APIField<String>.string("key", longest: 255, "What the message is the newest value of.")
    static let tags = APIField<[String: String]>.labels("tags", "Labels, which travel with the message.")
    static let skipHistory = APIField<Bool>.flag("skip_history", "Delivered to those who are there, and not kept.")
    static let idempotencyKey = APIField<String>.string(
        "idempotency_key",
        longest: 255,
        "A repeat with the same key within five minutes is not published and gets the same answer."
    )
    static let version = APIField<UInt64>.number("version", "Grows: an older message is not published. 0 is none.")
    static let versionEpoch = APIField<String>.string("version_epoch", longest: 255, "In which versions are compared.")
    static let delta = APIField<Bool>.flag("delta", "Accepted, and passed over.")

    static let payloads = [data.name, binary.name]

    static let all: [JSONSchema.Property] = [
        data.optional, binary.optional, key.optional, tags.optional, skipHistory.optional, idempotencyKey.optional,
        version.optional, versionEpoch.optional, delta.optional,
    ]
}

extension HTTPAPI {
    /// `publish`: to one topic. Gives `offset` and `epoch` where the topic has a history.
    func publish(_ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        let topic = try topic(of: parameters)
        return try await publish(try message(parameters), to: topic, try options(parameters))
    }

    /// `broadcast`: the same to several. Gives `responses`, in the order of `channels`.
    func broadcast(_ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        let names = try parameters.require(PublishFields.channels)
        guard !names.isEmpty else { throw .badRequest("channels is missing") }
        guard names.count <= limits.listLength else {
            throw .badRequest("channels has more than \(limits.listLength) elements")
        }
        let message = try message(parameters)
        let options = try options(parameters)
        let responses = await answers(to: names, atOnce: true) { name in
            await answer { () throws(APIError) in
                guard let name = name.string else { throw .badRequest("a channel is a string") }
                do throws(APIError) {
                    return try await publish(message, to: topic(name), options)
                } catch {
                    failures.log(error, .broadcast)
                    throw error
                }
            }
        }
        return .jsonObject { $0.field("responses", elements: responses) }
    }

    /// What a publication gives.
    static let positionSchema = JSONSchema.object([
        .optional("offset", .integer(from: 1), "The message's number within its topic, where that keeps messages."),
        .optional("epoch", .string(), "What the number counts in."),
    ])

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
        let key = try short(PublishFields.key, parameters)
        let tags = try parameters[PublishFields.tags] ?? [:]
        if let base64 = try parameters[PublishFields.binary], !base64.isEmpty {
            guard let bytes = Data(base64Encoded: base64) else { throw .badRequest("b64data is not base64") }
            message = Message(.binary, ByteBuffer(bytes: bytes), key: key, tags: tags)
        } else if let data = parameters.value(PublishFields.data.name) {
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

    private func short(_ field: APIField<String>, _ parameters: APIParameters) throws(APIError) -> String? {
        let text = try parameters[field]
        guard text?.utf8.count ?? 0 <= limits.keyLength else {
            throw .badRequest("\(field.name) has at most \(limits.keyLength) bytes")
        }
        return text
    }

    private func options(_ parameters: APIParameters) throws(APIError) -> PublishOptions {
        _ = try parameters[PublishFields.delta]
        var options = PublishOptions(skipsHistory: try parameters[PublishFields.skipHistory] ?? false)
        if let key = try short(PublishFields.idempotencyKey, parameters), !key.isEmpty { options.idempotencyKey = key }
        let epoch = try short(PublishFields.versionEpoch, parameters) ?? ""
        if let number = try parameters[PublishFields.version], number > 0 {
            options.version = .init(number, epoch: epoch)
        }
        return options
    }
}
