import ChorusCore
import NIOCore

extension BrokerConformance {
    static let retention = [
        Check("a history keeps its count of messages") { probe in
            for number in 1...150 { try await probe.publish(Message("\(number)"), to: "a", keeping: .last(10)) }
            let page = try await probe.history("a", keeping: .last(10))
            try requireEqual(page.messages.offsets, Array(141...150), "offsets")
            try requireEqual(page.first, 141, "the oldest offset")
            try requireEqual(page.position.offset, 150, "the newest offset")
        },
        Check("a history keeps its bytes, and the newest message whatever its size") { probe in
            let history = History(count: 1000, bytes: 100_000)
            for number in 1...100 {
                try await probe.publish(Message(String(repeating: "x", count: 10_000)), to: "a", keeping: history)
                let kept = try await probe.history("a", keeping: history).messages
                let bytes = kept.reduce(0) { $0 + $1.payload.readableBytes }
                try require(bytes <= 100_000, "\(bytes) bytes are given out after \(number) messages")
                try require(kept.count >= min(number, 9), "only \(kept.count) of \(number) messages are given out")
            }
            try await probe.publish(Message(String(repeating: "y", count: 200_000)), to: "a", keeping: history)
            let page = try await probe.history("a", keeping: history)
            try requireEqual(page.messages.last?.payload.readableBytes, 200_000, "the size of the newest message")
        },
        Check("a history lets go of what is too old, and the next offset is the next") { probe in
            let history = History.last(100, for: .milliseconds(50))
            for number in 1...3 { try await probe.publish(Message("\(number)"), to: "a", keeping: history) }
            try await withTimeout(10, "what is old goes") {
                // nobody tells when a message has become too old
                while try await !probe.history("a", keeping: history).messages.isEmpty {
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
            let page = try await probe.history("a", keeping: history)
            try requireEqual(page.position.offset, 3, "the newest offset")
            try requireEqual(page.first, 4, "the oldest offset")
            let position = try await probe.publish(Message("4"), to: "a", keeping: history)
            try requireEqual(position, Position(epoch: page.position.epoch, offset: 4), "the next position")
        },
        Check("a message that skips history is delivered, and nobody finds it later") { probe in
            try await probe.publish(Message("1"), to: "a")
            let position = try await probe.publish(Message("-"), to: "a", PublishOptions(skipsHistory: true))
            try requireEqual(position, nil, "position")
            try await probe.publish(Message("2"), to: "a")
            try await requireEqual(probe.delivered("a", count: 3).texts, ["1", "-", "2"], "deliveries")
            try await requireEqual(probe.history("a").messages.texts, ["1", "2"], "history")
            try await requireEqual(probe.history("a").messages.offsets, [1, 2], "offsets")
        },
        Check("removing a history lets go of its messages, and the next offset is the next") { probe in
            let first = try await probe.publish(Message("1"), to: "a")
            let before = try await probe.publish(Message("2"), to: "a", PublishOptions(idempotencyKey: "k"))
            try await probe.removeHistory("a")
            let page = try await probe.history("a")
            try requireEqual(page.messages, [], "history")
            try requireEqual(page.position, before, "the newest position")
            try requireEqual(page.first, 3, "the oldest offset")
            let again = try await probe.publish(Message("2"), to: "a", PublishOptions(idempotencyKey: "k"))
            try requireEqual(again, before, "the position of a repeat")
            let after = try await probe.publish(Message("3"), to: "a")
            try requireEqual(after, Position(epoch: first?.epoch ?? 0, offset: 3), "the next position")
            try await requireEqual(probe.history("a").messages.texts, ["3"], "history")
            try await probe.removeHistory("never published to")
        },
    ]

    static let queries = [
        Check("a message comes back as it was published") { probe in
            let messages = [
                Message("text", key: "k", tags: ["a": "1", "b": ""]), Message(.binary, ByteBuffer(bytes: [0, 255, 7])),
                Message(.json, ByteBuffer(string: #"{"a":1}"#)), Message(""), Message("äöü"),
            ]
            for message in messages { try await probe.publish(message, to: "a") }
            let kept = try await probe.history("a").messages
            try await requireEqual(kept, probe.delivered("a", count: messages.count), "history and deliveries")
            for (message, kept) in zip(messages, kept) {
                try requireEqual(kept.kind, message.kind, "kind")
                try requireEqual(kept.payload, message.payload, "payload")
                try requireEqual(kept.key, message.key, "key")
                try requireEqual(kept.tags, message.tags, "tags")
            }
        },
        Check("a topic that has nothing has an epoch, and keeps it") { probe in
            let page = try await probe.history("a")
            try requireEqual(page.position.offset, 0, "the newest offset")
            try requireEqual(page.first, 1, "the oldest offset")
            try require(page.position.epoch > 0, "the epoch is 0")
            let position = try await probe.publish(Message("1"), to: "a")
            try requireEqual(position, Position(epoch: page.position.epoch, offset: 1), "the first position")
        },
        Check("pages go forward from an offset, and stop at their limit") { probe in
            for number in 1...100 { try await probe.publish(Message("\(number)"), to: "a", keeping: .last(50)) }
            func offsets(_ offset: UInt64?, _ limit: Int) async throws -> [UInt64] {
                let query = HistoryQuery(offset: offset, limit: limit)
                let page = try await probe.history("a", keeping: .last(50), query)
                return page.messages.offsets
            }
            try await requireEqual(offsets(nil, 3), [51, 52, 53], "from the oldest")
            try await requireEqual(offsets(0, 3), [51, 52, 53], "after 0")
            try await requireEqual(offsets(70, 3), [71, 72, 73], "after 70")
            try await requireEqual(offsets(98, 3), [99, 100], "after 98")
            try await requireEqual(offsets(100, 3), [], "after the newest")
            try await requireEqual(offsets(200, 3), [], "after what is yet to come")
            try await requireEqual(offsets(70, 0), [], "none")
        },
        Check("pages go backward from an offset, and stop at their limit") { probe in
            for number in 1...100 { try await probe.publish(Message("\(number)"), to: "a", keeping: .last(50)) }
            func offsets(_ offset: UInt64?, _ limit: Int) async throws -> [UInt64] {
                let query = HistoryQuery(offset: offset, limit: limit, isReverse: true)
                let page = try await probe.history("a", keeping: .last(50), query)
                return page.messages.offsets
            }
            try await requireEqual(offsets(nil, 3), [100, 99, 98], "from the newest")
            try await requireEqual(offsets(70, 3), [69, 68, 67], "before 70")
            try await requireEqual(offsets(52, 3), [51], "before 52")
            try await requireEqual(offsets(51, 3), [], "before the oldest")
            try await requireEqual(offsets(0, 3), [], "before 0")
            try await requireEqual(offsets(200, 2), [100, 99], "before what is yet to come")
        },
        Check("pages stop at their bytes, with one message at least") { probe in
            for _ in 1...10 { try await probe.publish(Message(String(repeating: "x", count: 1000)), to: "a") }
            for (bytes, count) in [(1, 1), (1000, 1), (2500, 2), (10_000, 10), (20_000, 10)] {
                let page = try await probe.history("a", HistoryQuery(limit: 100, bytes: bytes))
                try requireEqual(page.messages.count, count, "messages in \(bytes) bytes")
            }
        },
    ]
}
