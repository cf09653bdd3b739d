import ChorusCore
import NIOCore

extension PresenceOptions {
    fileprivate static let limited = PresenceOptions(grace: .zero, interval: .milliseconds(20), listLimit: 50)
}

extension PresenceConformance {
    static let storms = [
        Check("of thousands who join only the number is told, and names again when few are left") { probe in
            let room = try probe.room("a", .limited)
            let start = ContinuousClock.now
            for number in 0..<2000 { room.join("\(number)") }
            try await room.tells(sessions: 2000, users: 0)
            try requireEqual(room.belief().names, nil, "the names that are told")
            try room.requireFewNotices(since: start)
            for number in 10..<2000 { room.leave("\(number)") }
            let expected = (0..<10).map { "\($0)" }
            try await room.tells(expected)
            try await room.tells(sessions: 10, users: 0)
            try await room.has(expected)
            try room.requireFewNotices(since: start)
            // and they are told of one by one again
            room.leave("0")
            room.join("x")
            try await room.tells(Array(expected.dropFirst()) + ["x"])
        },
        Check("of thousands who come and go at once little is told") { probe in
            let room = try probe.room("a", .limited)
            let start = ContinuousClock.now
            room.join("stays")
            await withTaskGroup(of: Void.self) { group in
                for task in 0..<4 {
                    group.addTask {
                        for number in 0..<1000 {
                            room.join("\(task)-\(number)", info: "\(number)")
                            room.leave("\(task)-\(number)")
                            if number % 10 == 0 { await Task.yield() }
                        }
                    }
                }
            }
            room.join("last")
            try await room.tells(["stays", "last"])
            try room.requireFewNotices(since: start)
            try await room.has(["stays", "last"])
        },
        Check("when everybody is replaced at once those who are there are told") { probe in
            let room = try probe.room("a", .limited)
            let start = ContinuousClock.now
            for number in 0..<50 { room.join("\(number)", as: "ann") }
            try await room.tells((0..<50).map { "\($0) as ann" })
            for number in 0..<50 {
                room.leave("\(number)")
                room.join("\(number + 50)", as: "bob")
            }
            try await room.tells((50..<100).map { "\($0) as bob" })
            try await room.tells(sessions: 50, users: 1)
            try room.requireFewNotices(since: start)
        },
        Check("with a limit of none only numbers are told") { probe in
            var options = PresenceOptions.limited
            options.listLimit = 0
            let room = try probe.room("a", options)
            room.join("1", as: "ann")
            room.join("2")
            try await room.tells(sessions: 2, users: 1)
            room.leave("1")
            try await room.tells(sessions: 1, users: 0)
            room.leave("2")
            try await room.tells(sessions: 0, users: 0)
            let named = room.told.flatMap { $0.members ?? [] }.map(\.text)
            try requireEqual(named, [], "the names that are told")
        },
    ]
}

extension PresenceRoom {
    /// Throws when more was told since `start` than that some have left and others joined, in every interval, or with
    /// more names at once than the limit and a few.
    fileprivate func requireFewNotices(since start: ContinuousClock.Instant) throws {
        let notices = told
        let time = ContinuousClock.now - start
        let most = 2 * (Int(time / Duration(options.interval)) + 2)
        try require(notices.count <= most, "\(notices.count) notices in \(time), \(most) are enough")
        let names = notices.map { $0.members?.count ?? 0 }.max() ?? 0
        try require(names <= options.listLimit + 16, "a notice has \(names) names")
    }
}
