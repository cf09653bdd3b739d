import ChorusCore
import JSONWire
import NIOCore

extension APIMethod {
    static let history = APIMethod(
        name: "history",
        summary: "What a topic has kept.",
        fields: [
            APIFields.channel.required, HistoryFields.limit.optional, HistoryFields.since.optional,
            HistoryFields.reverse.optional,
        ],
        result: .object([
            .field("publications", .array(of: .reference("Publication")), "In the order that was asked for."),
            .field("epoch", .string(), "The epoch that the topic is in."),
            .field("offset", .integer(from: 0), "Of the topic's newest message; 0 before the first."),
        ])
    ) { api, parameters throws(APIError) in try await api.history(parameters) }

    static let historyRemove = APIMethod(
        name: "history_remove",
        summary: "Forgets what a topic has kept. The topic goes on where it is.",
        fields: [APIFields.channel.required]
    ) { api, parameters throws(APIError) in try await api.historyRemove(parameters) }
}

private enum HistoryFields {
    static let limit = APIField<Int32>.number(
        "limit",
        "The most messages. Without it, or with 0, only the position; below 0 as many as there are."
    )
    static let since = APIField<APIParameters>.object(
        "since",
        [offset.optional, epoch.optional],
        "Only messages after this position, or in reverse before it."
    )
    static let reverse = APIField<Bool>.flag("reverse", "From the newest to the oldest.")
    static let offset = APIField<UInt64>.number("offset", "Of a message.")
    static let epoch = APIField<String>.string("epoch", "Default the one that the topic is in.")
}

extension HTTPAPI {
    /// `history_remove`: its messages go, and its position stays.
    func historyRemove(_ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        let topic = try topic(of: parameters)
        try await asAPI { () throws(ChorusError) in try await hub.removeHistory(of: topic) }
        return HTTPAPI.nothing
    }

    /// `history`: what a topic has kept. Gives `publications`, and the topic's `epoch` and `offset`.
    func history(_ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        let topic = try topic(of: parameters)
        // as there: nothing but the position without a limit, and no limit below 0
        let asked = Int(try parameters[HistoryFields.limit] ?? 0)
        let limit = asked < 0 ? limits.history : min(asked, limits.history)
        let isReverse = try parameters[HistoryFields.reverse] ?? false
        let since = try position(try parameters[HistoryFields.since], isReverse: isReverse)
        let page = try await asAPI { () throws(ChorusError) in
            try await hub.history(of: topic, since: since, limit: limit, reverse: isReverse)
        }
        return .jsonObject {
            $0.field("publications", elements: page.messages.map(publication))
            $0.field("epoch", "\(page.position.epoch)")
            $0.field("offset", page.position.offset)
        }
    }

    private func position(_ since: APIParameters?, isReverse: Bool) throws(APIError) -> Position? {
        guard let since else { return nil }
        let offset = try since[HistoryFields.offset] ?? 0
        guard !isReverse || offset > 0 else { throw .badRequest("in reverse, since.offset is at least 1") }
        let text = try since[HistoryFields.epoch] ?? ""
        // none at all is whichever the topic is in
        guard let epoch = text.isEmpty ? 0 : UInt64(text) else {
            // of another server: what it asks for is not here
            throw APIError(ChorusError(.unrecoverablePosition, "there is no epoch \"\(text)\""))
        }
        return Position(epoch: epoch, offset: offset)
    }

    /// As clients of the Centrifuge protocol receive it, with `key` and `time` (milliseconds since 1970) besides.
    private func publication(_ message: Message) -> ByteBuffer {
        .jsonObject {
            $0.payload(of: message)
            if let publisher = message.publisher { $0.field("info", json: HTTPAPI.info(publisher)) }
            $0.field("offset", message.position?.offset ?? 0)
            if !message.tags.isEmpty { $0.field("tags", labels: message.tags) }
            if let key = message.key { $0.field("key", key) }
            $0.field("time", message.time)
        }
    }

    /// The shape of a publication.
    static let publicationSchema = JSONSchema.object([
        .optional("data", .any, "What was published, unless it was binary."),
        .optional("b64data", .string(), "What was published, if it was binary, in base64."),
        .optional("info", .reference("ClientInfo"), "Who published it, if it was a client."),
        .field("offset", .integer(from: 1), "Its number within its topic."),
        .optional("tags", .map(of: .string()), "The labels that it was published with."),
        .optional("key", .string(), "What it is the newest value of."),
        .field("time", .integer(), "When it was published, in milliseconds since 1970."),
    ])
}

extension JSONObjectWriter {
    /// `data`, or `b64data` where it is binary.
    mutating func payload(of message: Message) {
        var data = ByteBuffer()
        switch message.kind {
        case .text:
            data.writeJSONString(message.payload.readableBytesView)
            field("data", json: data)
        case .json: field("data", json: message.payload)
        case .binary:
            data.writeInteger(UInt8(ascii: "\""))
            data.writeBase64(message.payload.readableBytesView)
            data.writeInteger(UInt8(ascii: "\""))
            field("b64data", json: data)
        }
    }

    fileprivate mutating func field(_ name: String, labels: [String: String]) {
        field(
            name,
            json: .jsonObject { object in
                for label in labels.sorted(by: { $0.key < $1.key }) { object.field(label.key, label.value) }
            }
        )
    }
}
