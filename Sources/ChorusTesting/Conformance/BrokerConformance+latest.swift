import ChorusCore
import NIOCore

extension BrokerConformance {
    private static func keeping(_ latest: Latest, history: Int = 5) -> History {
        var kept = History.last(history)
        kept.latest = latest
        return kept
    }

    private static let query = HistoryQuery(limit: 1000, isLatest: true)

    static let latest = [
        Check("the newest message of every key is given out, in the order of offsets, whatever history keeps") {
            probe in
            let kept = keeping(Latest())
            for number in 1...50 {
                try await probe.publish(Message("\(number)", key: "\(number % 7)"), to: "a", keeping: kept)
            }
            try await probe.publish(Message("none"), to: "a", keeping: kept)
            let page = try await probe.history("a", keeping: kept, query)
            try requireEqual(page.messages.texts, (44...50).map(String.init) + ["none"], "newest messages")
            try requireEqual(page.messages.offsets, (44...51).map(UInt64.init), "their offsets")
            try requireEqual(page.messages.map(\.key), (44...50).map { "\($0 % 7)" } + [nil], "their keys")
            try requireEqual(page.position.offset, 51, "the newest offset")
            try await requireEqual(probe.history("a", keeping: kept).messages.count, 5, "messages of history")
        },
        Check("a page of newest messages ends at its limit, and the next goes on after it") { probe in
            let kept = keeping(Latest())
            for number in 1...100 {
                try await probe.publish(Message("\(number)", key: "\(number)"), to: "a", keeping: kept)
            }
            var texts: [String] = []
            var offset: UInt64 = 0
            while texts.count < 100 {
                let next = HistoryQuery(offset: offset, limit: 30, isLatest: true)
                let page = try await probe.history("a", keeping: kept, next)
                try require(
                    !page.messages.isEmpty && page.messages.count <= 30,
                    "\(page.messages.count) in a page of 30"
                )
                texts += page.messages.texts
                offset = page.messages.offsets.last ?? 0
            }
            try requireEqual(texts, (1...100).map(String.init), "newest messages")
        },
        Check("no more keys are kept than there may be") { probe in
            let kept = keeping(Latest(keys: 10))
            for number in 1...100 {
                let key = number % 2 == 0 ? "even" : "\(number)"
                try await probe.publish(Message("\(number)", key: key), to: "a", keeping: kept)
            }
            let page = try await probe.history("a", keeping: kept, query)
            try requireEqual(
                page.messages.texts,
                [83, 85, 87, 89, 91, 93, 95, 97, 99, 100].map(String.init),
                "newest messages"
            )
        },
        Check("no more bytes of newest messages are kept than there may be, and the newest whatever its size") {
            probe in
            let kept = keeping(Latest(bytes: 50_000))
            for number in 1...100 {
                let text = String(repeating: "x", count: 2000)
                try await probe.publish(Message(text, key: "\(number)"), to: "a", keeping: kept)
            }
            let page = try await probe.history("a", keeping: kept, query)
            let bytes = page.messages.reduce(0) { $0 + $1.payload.readableBytes }
            try require((10_000...50_000).contains(bytes), "\(bytes) bytes are given out")
            try requireEqual(page.messages.last?.key, "100", "the newest key")
            try await probe.publish(Message(String(repeating: "y", count: 100_000), key: "big"), to: "a", keeping: kept)
            let big = try await probe.history("a", keeping: kept, query)
            try requireEqual(big.messages.map(\.key), ["big"], "keys beside one that is larger than all may be")
        },
        Check("a newest message goes when it is too old") { probe in
            let kept = keeping(Latest(age: .milliseconds(50)))
            try await probe.publish(Message("1", key: "k"), to: "a", keeping: kept)
            try await withTimeout(10, "what is old goes") {
                // nobody tells when a message has become too old
                while try await !probe.history("a", keeping: kept, query).messages.isEmpty {
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
        },
        Check("what skips history is nobody's newest, and removing the history removes the newest") { probe in
            let kept = keeping(Latest())
            try await probe.publish(Message("1", key: "k"), to: "a", keeping: kept)
            try await probe.publish(Message("2", key: "k"), to: "a", keeping: kept, PublishOptions(skipsHistory: true))
            try await requireEqual(probe.history("a", keeping: kept, query).messages.texts, ["1"], "newest messages")
            try await probe.removeHistory("a")
            try await requireEqual(probe.history("a", keeping: kept, query).messages.texts, [], "newest messages")
        },
    ]
}
