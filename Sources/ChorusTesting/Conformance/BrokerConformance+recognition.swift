import ChorusCore

extension BrokerConformance {
    static let recognition = [
        Check("a repeat with the same idempotency key is not published and gets the first position") { probe in
            let options = PublishOptions(idempotencyKey: "k")
            let first = try await probe.publish(Message("1"), to: "a", options)
            try await probe.publish(Message("2"), to: "a")
            try await requireEqual(probe.publish(Message("1"), to: "a", options), first, "the repeat's position")
            try await probe.publish(Message("3"), to: "a", PublishOptions(idempotencyKey: "l"))
            try await requireEqual(probe.delivered("a", count: 3).texts, ["1", "2", "3"], "deliveries")
            try await requireEqual(probe.history("a").messages.texts, ["1", "2", "3"], "history")
            try await requireEqual(probe.publish(Message("1"), to: "b", options)?.offset, 1, "in another topic")
        },
        Check("also in a topic without history") { probe in
            let options = PublishOptions(idempotencyKey: "k")
            for _ in 1...3 {
                try await requireEqual(probe.publish(Message("1"), to: "a", keeping: nil, options), nil, "position")
            }
            try await probe.publish(Message("2"), to: "a", keeping: nil)
            try await requireEqual(probe.delivered("a", count: 2).texts, ["1", "2"], "deliveries")
        },
        Check("repeats that come at the same time are published once") { probe in
            let positions = try await withThrowingTaskGroup(of: Position?.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await probe.publish(Message("1"), to: "a", PublishOptions(idempotencyKey: "k"))
                    }
                }
                return try await group.reduce(into: Set<Position?>()) { $0.insert($1) }
            }
            try requireEqual(positions.count, 1, "different positions")
            // whatever was delivered too much comes before this
            try await probe.publish(Message("2"), to: "a")
            try await requireEqual(probe.delivered("a", count: 2).texts, ["1", "2"], "deliveries")
        },
        Check("an older version than the newest is not published") { probe in
            func publish(_ text: String, _ number: UInt64, epoch: String = "") async throws -> Position? {
                let version = PublishOptions.Version(number, epoch: epoch)
                return try await probe.publish(Message(text), to: "a", PublishOptions(version: version))
            }
            _ = try await publish("5", 5)
            try await requireEqual(publish("4", 4)?.offset, 1, "the position of one that is older")
            try await requireEqual(publish("5 again", 5)?.offset, 1, "the position of one that is as old")
            _ = try await publish("7", 7)
            _ = try await publish("1 of another epoch", 1, epoch: "e")
            try await probe.publish(Message("without"), to: "a")
            _ = try await publish("0 of that epoch", 0, epoch: "e")
            let expected = ["5", "7", "1 of another epoch", "without"]
            try await requireEqual(probe.delivered("a", count: 4).texts, expected, "deliveries")
            try await requireEqual(probe.history("a").messages.texts, expected, "history")
        },
    ]
}
