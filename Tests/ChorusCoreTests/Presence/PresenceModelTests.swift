import ChorusCore
import NIOCore
import Testing

/// Random comings, goings and waitings in one topic. Beside them the set of those who are there, or are in their grace
/// period; a subscriber that applies every notice must believe in it.
@Suite("Model of presence")
struct PresenceModelTests {
    private static let slices = 4
    private static let schedules = ModelTests.number("CHORUS_MODEL_SCHEDULES") ?? (ModelTests.seed == nil ? 2000 : 1)

    @Test("what is told is what is", arguments: 0..<slices)
    func schedules(_ slice: Int) {
        let first = ModelTests.seed ?? 1
        for seed in stride(from: first + slice, to: first + Self.schedules, by: Self.slices) {
            var model = PresenceModel(seed: UInt64(seed))
            model.run()
            guard !model.failures.isEmpty else { continue }
            let lines = ["CHORUS_MODEL_SEED=\(seed)"] + model.failures + model.steps
            Issue.record("\(lines.joined(separator: "\n"))")
            return
        }
    }
}

private struct PresenceModel {
    /// One whose session has ended is there until `gone`.
    private struct Session {
        let id: String
        var member: Member
        var gone: NIODeadline?
    }

    private(set) var failures: [String] = []
    private(set) var steps: [String] = []
    private var random: SplitMix
    private let options: PresenceOptions
    private var table: PresenceTable
    private var now = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private var sessions: [Session] = []
    private var count = 0
    /// By identifier what was told; `nil` while only numbers are.
    private var belief: [String: Member]? = [:]
    private var toldAt: [NIODeadline] = []
    /// What those believe who came later, asked, and were told what followed; `nil` while they know only numbers.
    private var latecomers: [[String: Member]?] = []

    init(seed: UInt64) {
        random = SplitMix(seed: seed)
        options = PresenceOptions(
            isPerUser: random.chance(40),
            grace: random.chance(30) ? .zero : .milliseconds(Int64(random.int(1...3000))),
            interval: random.chance(20) ? .zero : .milliseconds(Int64(random.int(1...500))),
            listLimit: random.pick([0, 1, 3, 10, 200])
        )
        table = PresenceTable(options)
    }

    mutating func run() {
        steps.append("\(options)")
        for _ in 0..<random.int(10...150) where failures.isEmpty { step() }
        // in the end everything has been told
        wait(.seconds(1))
        check()
        for session in sessions where session.gone == nil { leave(session.id) }
        wait(.seconds(4))
        wait(.seconds(1))
        check()
        if !table.isEmpty { fail("something is kept of nobody") }
        if !(belief?.isEmpty ?? false) { fail("in the end \(String(describing: belief)) is believed") }
    }

    private mutating func step() {
        switch random.int(0...9) {
        case 0...3: join()
        case 4...5:
            let open = sessions.filter { $0.gone == nil }
            if !open.isEmpty { leave(random.pick(open).id) }
        case 6:
            for _ in 0..<random.int(1...20) { join() }
        case 7:
            leave("nobody")
            ask()
        default:
            wait(.milliseconds(Int64(random.int(0...random.pick([10, 200, 4000])))))
        }
        check()
    }

    private mutating func join() {
        let user: String? = random.chance(60) ? random.pick(["ann", "bob", "eve"]) : nil
        let info: ByteBuffer? = random.chance(20) ? ByteBuffer(string: "\(random.int(0...1))") : nil
        count += 1
        let member = Member(id: "s\(count)", user: user, info: info, isQuiet: random.chance(20))
        let manner = member.isQuiet ? "quietly joins" : "joins"
        steps.append("\(now) \(member.id) \(manner) \(user ?? "-") \(info.map { String(buffer: $0) } ?? "-")")
        expire()
        let place =
            member.isQuiet
            ? nil
            : sessions.firstIndex {
                $0.gone != nil && user != nil && $0.member.user == user && $0.member.info == info
            }
        if let place {
            let taken = sessions.remove(at: place)
            sessions.append(Session(id: member.id, member: taken.member))
        } else {
            sessions.append(Session(id: member.id, member: member))
        }
        let now = now
        tell { $0.join(member, now: now) }
    }

    private mutating func leave(_ id: String) {
        steps.append("\(now) leave \(id)")
        expire()
        if let index = sessions.firstIndex(where: { $0.id == id }) {
            let member = sessions[index].member
            if member.isQuiet || member.user == nil || options.grace == .zero {
                sessions.remove(at: index)
            } else {
                // the first to have left is the first whose place is taken
                var session = sessions.remove(at: index)
                session.gone = now + options.grace
                sessions.append(session)
            }
        }
        let now = now
        tell { $0.leave(id, now: now) }
    }

    /// As a clock would: at every time at which something is due.
    private mutating func wait(_ time: TimeAmount) {
        let end = now + time
        while let due = table.due, due <= end {
            now = max(now, due)
            tell { _ in }
        }
        now = end
        expire()
        steps.append("\(now)")
    }

    private mutating func expire() { sessions.removeAll { $0.gone.map { $0 <= now } ?? false } }

    private mutating func tell(_ body: (inout PresenceTable) -> Void) {
        body(&table)
        let notices = table.notices(now: now)
        if !notices.isEmpty {
            if let last = toldAt.last, now < last + options.interval { fail("told again within the interval") }
            toldAt.append(now)
        }
        for notice in notices {
            steps.append("  told \(notice)")
            apply(notice)
        }
    }

    private mutating func ask() {
        guard latecomers.count < 5 else { return }
        let state = table.state(PresenceQuery(limit: options.listLimit, isTold: true))
        steps.append("latecomer is told \(state)")
        latecomers.append(state.members.map { Dictionary(uniqueKeysWithValues: $0.map { ($0.id, $0) }) })
    }

    private mutating func apply(_ notice: PresenceNotice) {
        for index in latecomers.indices { PresenceModel.apply(notice, to: &latecomers[index]) }
        if notice.count != table.count { fail("\(notice) and \(table.count) are there") }
        switch notice {
        case .present(let members, _):
            belief = members.map { Dictionary(uniqueKeysWithValues: $0.map { ($0.id, $0) }) }
            if members?.count ?? 0 > options.listLimit { fail("\(notice) names more than \(options.listLimit)") }
        case .joined(let members, _):
            for member in members {
                if belief?.updateValue(member, forKey: member.id) != nil { fail("\(member.id) joined twice") }
                if belief == nil { fail("\(member.id) joined a list that nobody has") }
            }
        case .left(let members, _):
            for member in members where belief?.removeValue(forKey: member.id) != member {
                fail("\(member) left who was not there")
            }
        }
    }

    private static func apply(_ notice: PresenceNotice, to belief: inout [String: Member]?) {
        switch notice {
        case .present(let members, _):
            belief = members.map { Dictionary(uniqueKeysWithValues: $0.map { ($0.id, $0) }) }
        case .joined(let members, _):
            for member in members { belief?[member.id] = member }
        case .left(let members, _):
            for member in members { belief?[member.id] = nil }
        }
    }

    private mutating func check() {
        expire()
        let members = sessions.map(\.member).filter { !$0.isQuiet }
        let expected = PresenceModel.count(members)
        // those whose time is up and who have not been looked at
        guard table.due ?? .distantFuture > now else { return }
        if table.count != expected { fail("\(table.count) are there, not \(expected)") }
        let state = table.state(PresenceQuery(limit: .max))
        if state.count != PresenceModel.count(sessions.map(\.member)) { fail("\(state.count) are there: \(sessions)") }
        if Set(state.members?.map(\.id) ?? []) != Set(sessions.map(\.member.id)) {
            fail("\(String(describing: state.members)) are there, not \(sessions)")
        }
        guard table.isAllTold else { return }
        for latecomer in latecomers where latecomer != belief {
            fail("\(String(describing: latecomer)) is what a latecomer believes, not \(String(describing: belief))")
        }
        guard let belief else { return }
        let told =
            options.isPerUser
            ? Set(members.map { member in member.user.map { "@" + $0 } ?? member.id })
            : Set(members.map(\.id))
        if Set(belief.keys) != told { fail("\(belief.keys) are believed to be there, not \(told)") }
    }

    private static func count(_ members: [Member]) -> PresenceCount {
        PresenceCount(
            sessions: members.count,
            users: Set(members.compactMap(\.user)).count,
            anonymous: members.count { $0.user == nil }
        )
    }

    private mutating func fail(_ failure: String) { failures.append(failure) }
}
