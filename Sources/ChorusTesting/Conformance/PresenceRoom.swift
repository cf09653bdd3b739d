import ChorusCore

/// A topic of a presence under test. Members are written as texts: `1 as ann {"a":1}` is session 1 of the user ann.
struct PresenceRoom: Sendable {
    let presence: any Presence
    let log: NoticeLog
    let topic: TopicName
    let options: PresenceOptions

    func join(_ session: String, as user: String? = nil, info: String? = nil, quietly: Bool = false) {
        var member = Member(session, as: user, info: info)
        member.isQuiet = quietly
        presence.join(member, to: topic, options)
    }

    func leave(_ session: String) { presence.leave(session, from: topic, options) }

    // MARK: What is answered

    func state(limit: Int = 10_000, isTold: Bool = false) async throws -> PresenceState {
        try await withCheckedThrowingContinuation { continuation in
            presence.state(of: topic, PresenceQuery(limit: limit, isTold: isTold)) {
                continuation.resume(with: $0)
            }
        }
    }

    /// Throws unless a question is answered with these sessions.
    func has(_ expected: [String]) async throws {
        let answer = try await state()
        try requireEqual(answer.members?.map(\.text).sorted(), expected.sorted(), "who is in \(topic)")
        try requireEqual(answer.count.sessions, expected.count, "how many are in \(topic)")
    }

    /// Throws unless a question is answered with these numbers.
    func has(sessions: Int, users: Int) async throws {
        let answer = try await state(limit: 0)
        try requireEqual(answer.count.sessions, sessions, "how many are in \(topic)")
        try requireEqual(answer.count.users, users, "how many users are in \(topic)")
    }

    func latecomer() async throws -> Latecomer {
        let earlier = told.count
        let answer = try await state(limit: options.listLimit, isTold: true)
        return Latecomer(room: self, state: answer, earlier: earlier)
    }

    // MARK: What is told

    /// The notices so far.
    var told: [PresenceNotice] { log.notices(of: topic) }

    /// What somebody believes who was told everything. Throws when somebody has left who had not joined.
    func belief() throws -> PresenceBelief {
        var known = PresenceBelief()
        for notice in told {
            let strangers = known.apply(notice)
            try require(strangers.isEmpty, "\(strangers.map(\.text)) left \(topic), and had not joined it")
        }
        return known
    }

    /// Waits until subscribers believe that these are there; `nil` is that they do not know.
    func tells(_ expected: [String]?) async throws {
        try await eventually("that subscribers believe \(expected?.sorted() ?? ["?"])") {
            try self.belief().names == expected?.sorted()
        }
    }

    /// Waits until subscribers believe that so many are there.
    func tells(sessions: Int, users: Int) async throws {
        try await eventually("that subscribers believe in \(sessions) sessions and \(users) users") {
            let count = try self.belief().count
            return count.sessions == sessions && count.users == users
        }
    }

    /// Waits until so many are there, and subscribers believe what a question is answered.
    func settles(sessions: Int, users: Int) async throws {
        try await eventually("that \(sessions) sessions and \(users) users are there, and subscribers believe it") {
            let answer = try await self.state()
            let known = try self.belief()
            // everybody has an identifier of its own
            return answer.count.sessions == sessions && answer.count.users == users
                && known == PresenceBelief(answer) && known.members?.count == sessions
        }
    }

    /// Throws if one of them was told to have joined or left after the first notices.
    func requireNothing(of ids: [String], after earlier: Int) throws {
        for notice in told.dropFirst(earlier) {
            if case .present = notice { continue }
            let named = notice.members?.contains { ids.contains($0.id) } ?? false
            try require(!named, "nothing was to be told of \(ids), and \(notice.text) was")
        }
    }

    /// Waits until something holds.
    func eventually(_ what: String, _ holds: @escaping @Sendable () async throws -> Bool) async throws {
        do {
            try await withTimeout(10, what) {
                // a presence tells on whatever thread it likes, and says so to nobody
                while try await !holds() { try await Task.sleep(for: .milliseconds(1)) }
            }
        } catch {
            throw TestFailure("\(error); told in \(topic) at last: \(told.suffix(20).map(\.text))")
        }
    }
}
