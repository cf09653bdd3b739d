import ChorusCore
import NIOCore

extension PresenceConformance {
    static let grace = [
        Check("a user who leaves is there until his grace period is over") { probe in
            let patient = try probe.room("patient", .patient)
            patient.join("1", as: "ann")
            patient.leave("1")
            try await patient.has(["1 as ann"])
            try await patient.has(sessions: 1, users: 1)
            let room = try probe.room("a", .brief)
            room.join("1", as: "ann")
            try await room.tells(["1 as ann"])
            let start = ContinuousClock.now
            room.leave("1")
            // without a question: nobody has to ask before he goes
            try await room.tells([])
            let time = ContinuousClock.now - start
            // clocks count in whole milliseconds here and there
            try require(time >= .milliseconds(55), "a user was gone after \(time), his grace period is 60 ms")
            try await room.has([])
            try await patient.has(["1 as ann"])
            patient.join("2")
            try await patient.tells(["1 as ann", "2"])
        },
        Check("a session without a user leaves at once") { probe in
            let room = try probe.room("a", .patient)
            room.join("1", info: "7")
            try await room.tells(["1 7"])
            room.leave("1")
            try await room.has([])
            try await room.tells([])
        },
        Check("a user who comes back within the grace period has not left, and keeps the identifier") { probe in
            let room = try probe.room("a", .patient)
            room.join("1", as: "ann", info: "7")
            try await room.tells(["1 as ann 7"])
            let earlier = room.told.count
            room.leave("1")
            room.join("2", as: "ann", info: "7")
            try await room.has(["1 as ann 7"])
            room.leave("2")
            room.join("2", as: "ann", info: "7")
            room.leave("2")
            room.join("1", as: "ann", info: "7")
            try await room.has(["1 as ann 7"])
            // whatever was told too much comes before this
            room.join("3")
            try await room.tells(["1 as ann 7", "3"])
            try room.requireNothing(of: ["1", "2"], after: earlier)
        },
        Check("a user who came back leaves as the one who was told of") { probe in
            let room = try probe.room("a", .brief)
            room.join("1", as: "ann")
            try await room.tells(["1 as ann"])
            room.leave("1")
            room.join("2", as: "ann")
            room.leave("2")
            room.join("3", as: "ann")
            try await room.settles(sessions: 1, users: 1)
            room.leave("3")
            try await room.tells([])
            try await room.has([])
        },
        Check("of several sessions that have left, one that comes back takes the place of one") { probe in
            let room = try probe.room("a", .brief)
            for number in 1...3 { room.join("\(number)", as: "ann") }
            for number in 1...3 { room.leave("\(number)") }
            room.join("4", as: "ann")
            try await room.settles(sessions: 1, users: 1)
            room.leave("4")
            try await room.settles(sessions: 0, users: 0)
        },
        Check("a user who comes back and says something else is told of") { probe in
            let room = try probe.room("a", .brief)
            room.join("1", as: "ann", info: "1")
            try await room.tells(["1 as ann 1"])
            room.leave("1")
            room.join("2", as: "ann", info: "2")
            let answer = try await room.state()
            try require(answer.members?.contains { $0.text == "2 as ann 2" } ?? false, "he is not there as he says")
            try await room.tells(["2 as ann 2"])
            try await room.has(["2 as ann 2"])
            room.leave("2")
            room.join("2", as: "ann", info: "3")
            try await room.has(["2 as ann 3"])
            try await room.tells(["2 as ann 3"])
        },
        Check("a session that took another's place may say something else, and leaves") { probe in
            let room = try probe.room("a", .brief)
            room.join("1", as: "ann", info: "1")
            try await room.tells(["1 as ann 1"])
            room.leave("1")
            room.join("2", as: "ann", info: "1")
            room.join("2", as: "ann", info: "2")
            try await room.has(sessions: 1, users: 1)
            try await requireEqual(room.state().members?.map { $0.info.map { String(buffer: $0) } }, ["2"], "info")
            room.leave("2")
            try await room.settles(sessions: 0, users: 0)
        },
        Check("a session whose place was taken may come back, and both are there") { probe in
            for info in ["1", "2"] {
                let room = try probe.room(info, .brief)
                room.join("1", as: "ann", info: "1")
                try await room.tells(["1 as ann 1"])
                room.leave("1")
                room.join("2", as: "ann", info: "1")
                room.join("1", as: "ann", info: info)
                try await room.has(sessions: 2, users: 1)
                try await room.settles(sessions: 2, users: 1)
                room.leave("1")
                try await room.settles(sessions: 1, users: 1)
                room.leave("2")
                try await room.settles(sessions: 0, users: 0)
            }
        },
        Check("where users are told of once, the grace period is that of the last session") { probe in
            func options(_ grace: TimeAmount) -> PresenceOptions {
                PresenceOptions(isPerUser: true, grace: grace, interval: .milliseconds(20))
            }
            let patient = try probe.room("patient", options(.hours(1)))
            for number in 1...2 { patient.join("\(number)", as: "ann") }
            try await patient.tells(["@ann as ann"])
            let earlier = patient.told.count
            for number in 1...2 { patient.leave("\(number)") }
            patient.join("3", as: "ann")
            patient.join("4")
            try await patient.tells(["@ann as ann", "4"])
            try patient.requireNothing(of: ["@ann"], after: earlier)
            let room = try probe.room("a", options(.milliseconds(60)))
            for number in 1...2 { room.join("\(number)", as: "ann") }
            try await room.tells(["@ann as ann"])
            for number in 1...2 { room.leave("\(number)") }
            try await room.tells([])
            try await room.has([])
        },
    ]
}
