import ChorusCore
import NIOCore

extension PresenceConformance {
    static let members = [
        Check("who joins is there, and is told of with what was said") { probe in
            let room = try probe.room("a")
            try await room.has([])
            room.join("1", as: "ann", info: #"{"a":[1,"ä"]}"#)
            room.join("2")
            room.join("3", info: "null")
            let all = [#"1 as ann {"a":[1,"ä"]}"#, "2", "3 null"]
            try await room.has(all)
            try await room.tells(all)
        },
        Check("who leaves is not there any more, and is told of") { probe in
            let room = try probe.room("a")
            for number in 1...4 { room.join("\(number)", as: number < 3 ? "ann" : nil) }
            try await room.tells(["1 as ann", "2 as ann", "3", "4"])
            room.leave("1")
            try await room.has(["2 as ann", "3", "4"])
            room.leave("3")
            try await room.has(["2 as ann", "4"])
            try await room.tells(["2 as ann", "4"])
            room.leave("2")
            room.leave("4")
            try await room.has([])
            try await room.tells([])
            room.join("1")
            try await room.has(["1"])
            try await room.tells(["1"])
        },
        Check("topics are for themselves") { probe in
            let a = try probe.room("a")
            let b = try probe.room("b")
            a.join("1", as: "ann")
            b.join("1", as: "ann")
            b.join("2")
            try await a.tells(["1 as ann"])
            a.leave("1")
            a.leave("2")
            try await a.tells([])
            try await a.has([])
            try await b.has(["1 as ann", "2"])
            try await b.tells(["1 as ann", "2"])
        },
        Check("of somebody who leaves and is not there nothing is told") { probe in
            let room = try probe.room("a")
            room.leave("x")
            room.join("1")
            room.join("2")
            try await room.tells(["1", "2"])
            room.leave("x")
            room.leave("2")
            room.leave("2")
            room.join("3")
            try await room.tells(["1", "3"])
            try room.requireNothing(of: ["x"], after: 0)
            try await room.has(["1", "3"])
        },
        Check("who joins again as the same is there once, and nothing is told") { probe in
            let room = try probe.room("a")
            room.join("1", as: "ann", info: "7")
            room.join("2")
            try await room.tells(["1 as ann 7", "2"])
            let earlier = room.told.count
            for _ in 1...3 {
                room.join("1", as: "ann", info: "7")
                room.join("2")
            }
            try await room.has(sessions: 2, users: 1)
            // whatever was told too much comes before this
            room.join("3")
            try await room.tells(["1 as ann 7", "2", "3"])
            try room.requireNothing(of: ["1", "2"], after: earlier)
            room.leave("1")
            try await room.has(["2", "3"])
        },
        Check("who joins again as another is there as that one, and it is told") { probe in
            let room = try probe.room("a")
            let others: [(user: String?, info: String?)] = [
                ("ann", "1"), ("ann", "2"), ("bob", "2"), ("bob", nil), (nil, nil), (nil, "1"),
            ]
            for (user, info) in others {
                let text = Member("1", as: user, info: info).text
                room.join("1", as: user, info: info)
                try await room.has([text])
                try await room.has(sessions: 1, users: user == nil ? 0 : 1)
                try await room.tells([text])
            }
            room.leave("1")
            try await room.has([])
            try await room.tells([])
        },
        Check("with more members than were to be named there is only their number") { probe in
            let room = try probe.room("a")
            try await requireEqual(room.state(limit: 0).members?.count, 0, "nobody, of 0 at most")
            for number in 1...5 { room.join("\(number)") }
            try await requireEqual(room.state(limit: 0).members?.count, nil, "5 members, of 0 at most")
            try await requireEqual(room.state(limit: 4).members?.count, nil, "5 members, of 4 at most")
            try await requireEqual(room.state(limit: 5).members?.count, 5, "5 members, of 5 at most")
            try await room.has(sessions: 5, users: 0)
            room.leave("1")
            try await requireEqual(room.state(limit: 4).members?.count, 4, "4 members, of 4 at most")
        },
        Check("where nobody is to be told nobody is, and it is known who is there") { probe in
            let quiet = try probe.room("quiet", PresenceOptions(isTold: false, grace: .zero, interval: .zero))
            let loud = try probe.room("loud")
            for number in 1...3 { quiet.join("\(number)", as: "ann") }
            quiet.leave("2")
            try await quiet.has(["1 as ann", "3 as ann"])
            // the second is told after an interval
            loud.join("1")
            loud.join("2")
            try await loud.tells(["1", "2"])
            try requireEqual(quiet.told.map(\.text), [], "what was told")
        },
        Check("of a quiet member nothing is told, and who asks finds it") { probe in
            let room = try probe.room("a", .patient)
            room.join("1", as: "ann")
            room.join("2", as: "eve", quietly: true)
            room.join("3", as: "ann", quietly: true)
            room.join("4", quietly: true)
            try await room.has(["1 as ann", "2 as eve", "3 as ann", "4"])
            try await room.has(sessions: 4, users: 2)
            try await requireEqual(room.state(limit: 3).members?.count, nil, "4 members, of 3 at most")
            let late = try await room.latecomer()
            try await late.believes(["1 as ann"], PresenceCount(sessions: 1, users: 1))
            room.leave("3")
            // no user comes back to what was never told, and nobody takes its place
            room.leave("2")
            try await room.has(["1 as ann", "4"])
            // a member may become quiet, and be told of again
            room.join("4")
            room.join("1", as: "ann", quietly: true)
            try await room.tells(["4"])
            try await room.has(["1 as ann", "4"])
            room.join("1", as: "ann")
            try await room.tells(["1 as ann", "4"])
            try await room.tells(sessions: 2, users: 1)
            try room.requireNothing(of: ["2", "3"], after: 0)
        },
    ]
}
