import ChorusCore

extension BrokerConformance {
    static let order = [
        Check("positions count from 1 in one epoch, and what is delivered carries them") { probe in
            var positions: [Position] = []
            for number in 1...5 {
                guard let position = try await probe.publish(Message("\(number)"), to: "a") else {
                    throw TestFailure("a topic with history gave no position")
                }
                positions.append(position)
            }
            try requireEqual(positions.map(\.offset), [1, 2, 3, 4, 5], "offsets")
            try requireEqual(Set(positions.map(\.epoch)).count, 1, "epochs")
            let delivered = try await probe.delivered("a", count: 5)
            try requireEqual(delivered.texts, ["1", "2", "3", "4", "5"], "deliveries")
            try requireEqual(delivered.compactMap(\.position), positions, "delivered positions")
        },
        Check("topics count for themselves") { probe in
            try await probe.publish(Message("1"), to: "a")
            try await probe.publish(Message("2"), to: "b")
            try await probe.publish(Message("3"), to: "a")
            try await requireEqual(probe.delivered("a", count: 2).offsets, [1, 2], "offsets of a")
            try await requireEqual(probe.delivered("b", count: 1).offsets, [1], "offsets of b")
        },
        Check("a topic without history delivers in order, and has no positions") { probe in
            for number in 1...5 {
                let position = try await probe.publish(Message("\(number)"), to: "a", keeping: nil)
                try requireEqual(position, nil, "position")
            }
            let delivered = try await probe.delivered("a", count: 5)
            try requireEqual(delivered.texts, ["1", "2", "3", "4", "5"], "deliveries")
            try requireEqual(delivered.compactMap(\.position), [], "delivered positions")
        },
        Check("messages of many publishers are delivered once each, in the order of their offsets") { probe in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for publisher in 0..<8 {
                    group.addTask {
                        for number in 0..<50 { try await probe.publish(Message("\(publisher) \(number)"), to: "a") }
                    }
                }
                try await group.waitForAll()
            }
            let delivered = try await probe.delivered("a", count: 400)
            try requireEqual(delivered.offsets, Array(1...400), "offsets in the order of delivery")
            try requireEqual(Set(delivered.texts).count, 400, "different messages")
            for publisher in 0..<8 {
                let own = delivered.texts.filter { $0.hasPrefix("\(publisher) ") }
                try requireEqual(own, (0..<50).map { "\(publisher) \($0)" }, "the order of one publisher's messages")
            }
        },
        Check("an answer shows what had been delivered before the question, and nothing that has not been by then") {
            probe in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for number in 0..<300 { try await probe.publish(Message("\(number)"), to: "a") }
                }
                group.addTask {
                    var head: UInt64 = 0
                    while head < 300 {
                        let before = UInt64(try probe.delivered("a").count)
                        let page = try await probe.history("a")
                        let after = UInt64(try probe.delivered("a").count)
                        head = page.position.offset
                        try require(head >= before, "\(before) messages had been delivered, and history shows \(head)")
                        try require(head <= after, "history shows \(head) messages, and \(after) have been delivered")
                        try requireEqual(page.messages.last?.position?.offset ?? 0, head, "the newest message's offset")
                    }
                }
                try await group.waitForAll()
            }
        },
    ]
}
