import ChorusCore
import NIOCore

extension PresenceOptions {
    /// Long enough that something is still to be told when somebody asks.
    fileprivate static let slow = PresenceOptions(grace: .zero, interval: .milliseconds(200), listLimit: 4)
}

extension PresenceConformance {
    /// Whoever begins with an answer as told must come to know what the others do, although for them what came and went
    /// in between need not be told.
    static let latecomers = [
        Check("whoever asks who is there, and then is told, knows what all others know") { probe in
            let room = try probe.room("a", .slow)
            room.join("1")
            room.join("2", as: "ann")
            try await room.tells(["1", "2 as ann"])
            let late = try await room.latecomer()
            room.join("3")
            room.leave("1")
            let later = try await room.latecomer()
            try await late.believes(["2 as ann", "3"], PresenceCount(sessions: 2, users: 1, anonymous: 1))
            try await later.believes(["2 as ann", "3"], PresenceCount(sessions: 2, users: 1, anonymous: 1))
            try await room.tells(["2 as ann", "3"])
        },
        Check("also when somebody who is in the answer leaves before his join is told") { probe in
            let room = try probe.room("a", .slow)
            room.join("1")
            try await room.tells(["1"])
            room.join("2")
            let late = try await room.latecomer()
            room.leave("2")
            try await late.believes(["1"], PresenceCount(sessions: 1, users: 0, anonymous: 1))
            try await room.tells(["1"])
        },
        Check("also when somebody who is not in the answer comes back before his leave is told") { probe in
            let room = try probe.room("a", .slow)
            room.join("1")
            room.join("2")
            try await room.tells(["1", "2"])
            room.leave("2")
            let late = try await room.latecomer()
            room.join("2")
            try await late.believes(["1", "2"], PresenceCount(sessions: 2, users: 0, anonymous: 2))
            try await room.tells(["1", "2"])
        },
        Check("also when there were too many for the answer, and few when it is told") { probe in
            let room = try probe.room("a", .slow)
            for number in 1...4 { room.join("\(number)") }
            try await room.tells(["1", "2", "3", "4"])
            room.join("5")
            let late = try await room.latecomer()
            for number in 1...3 { room.leave("\(number)") }
            try await late.believes(["4", "5"], PresenceCount(sessions: 2, users: 0, anonymous: 2))
            try await room.tells(["4", "5"])
        },
    ]
}
