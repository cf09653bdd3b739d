import ChorusCore
import NIOCore

extension PresenceConformance {
    static let order = [
        Check("nobody leaves before joining, or twice, however many come and go at once") { probe in
            for (name, interval) in [("at once", TimeAmount.zero), ("together", TimeAmount.milliseconds(5))] {
                let room = try probe.room(name, PresenceOptions(grace: .zero, interval: interval))
                await withTaskGroup(of: Void.self) { group in
                    for task in 0..<8 {
                        group.addTask {
                            for number in 0..<150 {
                                room.join("\(task)-\(number)", as: number % 2 == 0 ? nil : "\(number % 5)")
                                if number >= 5 { room.leave("\(task)-\(number - 5)") }
                                await Task.yield()
                            }
                        }
                    }
                }
                let last = (145..<150).map { number in number % 2 == 0 ? "\(number)" : "\(number) as \(number % 5)" }
                let expected = (0..<8).flatMap { task in last.map { "\(task)-\($0)" } }
                try await room.has(expected)
                try await room.tells(expected)
                try await room.settles(sessions: 40, users: 3)
            }
        },
        Check("nor where sessions take each other's places") { probe in
            let room = try probe.room("a", PresenceOptions(grace: .milliseconds(60), interval: .zero))
            await withTaskGroup(of: Void.self) { group in
                for task in 0..<8 {
                    group.addTask {
                        for number in 0..<100 {
                            room.join("\(task)-\(number)", as: "\(task % 4)")
                            if number > 0 { room.leave("\(task)-\(number - 1)") }
                            await Task.yield()
                        }
                    }
                }
            }
            try await room.settles(sessions: 8, users: 4)
            for task in 0..<8 { room.leave("\(task)-99") }
            try await room.settles(sessions: 0, users: 0)
        },
        Check("nor when one session comes and goes again and again") { probe in
            let room = try probe.room("a", PresenceOptions(grace: .zero, interval: .milliseconds(1)))
            room.join("stays")
            for number in 0..<300 {
                room.join("1", as: number % 3 == 0 ? "ann" : nil, info: "\(number % 2)")
                if number % 5 == 0 { await Task.yield() }
                room.leave("1")
                // so that some are told and some are not
                if number % 7 == 0 { try await Task.sleep(for: .milliseconds(1)) }
            }
            try await room.tells(["stays"])
            room.join("1", info: "last")
            try await room.tells(["stays", "1 last"])
            try await room.has(["stays", "1 last"])
        },
        Check("an answer shows at least what was told before") { probe in
            let room = try probe.room("a", PresenceOptions(interval: .zero, listLimit: 1000))
            try await withTimeout(10, "telling of 200 joins") {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for number in 0..<200 {
                            room.join("\(number)")
                            await Task.yield()
                        }
                    }
                    group.addTask {
                        var known = 0
                        while known < 200 {
                            let told = try Set((room.belief().members ?? [:]).keys)
                            let answer = try await room.state()
                            let missing = told.subtracting((answer.members ?? []).map(\.id))
                            try require(missing.isEmpty, "\(missing) were told to have joined, and are not there")
                            try require(answer.count.sessions >= told.count, "fewer are counted than were told of")
                            known = told.count
                            await Task.yield()
                        }
                    }
                    try await group.waitForAll()
                }
            }
        },
    ]
}
