import ChorusCore
import NIOCore

extension PresenceOptions {
    fileprivate static let perUser = PresenceOptions(isPerUser: true, grace: .zero, interval: .milliseconds(20))
}

extension PresenceConformance {
    static let users = [
        Check("sessions are counted, and users once, and sessions without a user are none") { probe in
            let room = try probe.room("a")
            let users: [String?] = ["ann", "ann", "bob", nil, nil]
            for (number, user) in users.enumerated() { room.join("\(number)", as: user) }
            try await room.has(sessions: 5, users: 2)
            try await room.tells(sessions: 5, users: 2)
            room.leave("0")
            try await room.has(sessions: 4, users: 2)
            room.leave("1")
            try await room.has(sessions: 3, users: 1)
            room.leave("3")
            try await room.has(sessions: 2, users: 1)
            try await room.tells(sessions: 2, users: 1)
        },
        Check("where users are told of once, an answer as told names each once, and each session without one") {
            probe in
            let room = try probe.room("a", .perUser)
            room.join("1", as: "ann", info: "7")
            room.join("2", as: "ann", info: "7")
            room.join("3", as: "bob")
            room.join("4", info: "8")
            room.join("5", info: "8")
            try await room.tells(["@ann as ann 7", "@bob as bob", "4 8", "5 8"])
            let answer = try await room.state(limit: 4, isTold: true)
            let names = answer.members?.map(\.text).sorted()
            try requireEqual(names, ["4 8", "5 8", "@ann as ann 7", "@bob as bob"], "users")
            try requireEqual(answer.count, PresenceCount(sessions: 5, users: 2, anonymous: 2), "how many")
            let few = try await room.state(limit: 3, isTold: true)
            try requireEqual(few, PresenceState(members: nil, count: answer.count), "with 3 at most")
            try await room.has(["1 as ann 7", "2 as ann 7", "3 as bob", "4 8", "5 8"])
        },
        Check("where users are told of once, one joins with his first session and leaves with his last") { probe in
            let room = try probe.room("a", .perUser)
            for number in 1...3 { room.join("\(number)", as: "ann") }
            room.join("4")
            room.join("5")
            try await room.tells(["@ann as ann", "4", "5"])
            let earlier = room.told.count
            room.leave("1")
            room.leave("3")
            room.join("6", as: "ann")
            room.join("7")
            try await room.tells(["@ann as ann", "4", "5", "7"])
            try room.requireNothing(of: ["@ann", "1", "2", "3", "6"], after: earlier)
            room.leave("2")
            room.leave("4")
            room.leave("6")
            try await room.tells(["5", "7"])
            room.join("1", as: "ann")
            try await room.tells(["@ann as ann", "5", "7"])
        },
        Check("where users are told of once, one who says something else is told of again") { probe in
            let room = try probe.room("a", .perUser)
            room.join("1", as: "ann", info: "1")
            try await room.tells(["@ann as ann 1"])
            room.join("1", as: "ann", info: "2")
            try await room.tells(["@ann as ann 2"])
            room.join("1", as: "bob", info: "2")
            try await room.tells(["@bob as bob 2"])
            room.join("1", info: "2")
            try await room.tells(["1 2"])
            room.leave("1")
            try await room.tells([])
        },
        Check("where users are told of once, it is they who are listed up to the limit") { probe in
            var options = PresenceOptions.perUser
            options.listLimit = 3
            let room = try probe.room("a", options)
            for number in 0..<20 { room.join("\(number)", as: number % 2 == 0 ? "ann" : "bob") }
            try await room.tells(["@ann as ann", "@bob as bob"])
            room.join("x")
            try await room.tells(["@ann as ann", "@bob as bob", "x"])
            room.join("y")
            try await room.tells(nil)
            try await room.tells(sessions: 22, users: 2)
        },
    ]
}
