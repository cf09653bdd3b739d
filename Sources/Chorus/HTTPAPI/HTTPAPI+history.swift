import ChorusCore
import JSONWire
import NIOCore

extension HTTPAPI {
    /// `history`: what a topic has kept. Gives `publications`, and the topic's `epoch` and `offset`.
    func history(_ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        let topic = try parameters.topic()
        // as there: nothing but the position without a limit, and no limit below 0
        let asked = Int(try parameters.number("limit") ?? Int32(0))
        let limit = asked < 0 ? limits.history : min(asked, limits.history)
        let isReverse = try parameters.bool("reverse")
        let since = try await position(try parameters.object("since"), in: topic, isReverse: isReverse)
        let page = try await asAPI { () throws(ChorusError) in
            try await hub.history(of: topic, since: since, limit: limit, reverse: isReverse)
        }
        return .jsonObject {
            $0.field("publications", elements: page.messages.map(publication))
            $0.field("epoch", "\(page.position.epoch)")
            $0.field("offset", page.position.offset)
        }
    }

    private func position(
        _ since: APIParameters?,
        in topic: TopicName,
        isReverse: Bool
    ) async throws(APIError) -> Position? {
        guard let since else { return nil }
        let offset: UInt64 = try since.number("offset") ?? 0
        guard !isReverse || offset > 0 else { throw .badRequest("in reverse, since.offset is at least 1") }
        guard let text = try since.string("epoch"), !text.isEmpty else {
            // of the epoch that the topic is in, whichever that is
            let page = try await asAPI { () throws(ChorusError) in try await hub.history(of: topic, limit: 0) }
            return Position(epoch: page.position.epoch, offset: offset)
        }
        guard let epoch = UInt64(text) else {
            // of another server: what it asks for is not here
            throw APIError(ChorusError(.unrecoverablePosition, "there is no epoch \"\(text)\""))
        }
        return Position(epoch: epoch, offset: offset)
    }

    /// As clients of the Centrifuge protocol receive it, with `key` and `time` (milliseconds since 1970) besides.
    private func publication(_ message: Message) -> ByteBuffer {
        .jsonObject {
            switch message.kind {
            case .text:
                var data = ByteBuffer()
                data.writeJSONString(message.payload.readableBytesView)
                $0.field("data", json: data)
            case .json: $0.field("data", json: message.payload)
            case .binary:
                var data = ByteBuffer()
                data.writeInteger(UInt8(ascii: "\""))
                data.writeBase64(message.payload.readableBytesView)
                data.writeInteger(UInt8(ascii: "\""))
                $0.field("b64data", json: data)
            }
            if let publisher = message.publisher { $0.field("info", json: HTTPAPI.info(publisher)) }
            $0.field("offset", message.position?.offset ?? 0)
            if !message.tags.isEmpty { $0.field("tags", labels: message.tags) }
            if let key = message.key { $0.field("key", key) }
            $0.field("time", message.time)
        }
    }
}

extension JSONObjectWriter {
    fileprivate mutating func field(_ name: String, labels: [String: String]) {
        field(
            name,
            json: .jsonObject { object in
                for label in labels.sorted(by: { $0.key < $1.key }) { object.field(label.key, label.value) }
            }
        )
    }
}
