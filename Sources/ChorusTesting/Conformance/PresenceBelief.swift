import ChorusCore

/// What somebody believes of a topic who is told its notices in their order.
struct PresenceBelief: Equatable, Sendable {
    /// By their identifiers; `nil` when only their number is known.
    private(set) var members: [String: Member]? = [:]
    private(set) var count = PresenceCount(sessions: 0, users: 0)

    /// Before anything was told.
    init() {}

    /// After the answer to a question.
    init(_ state: PresenceState) {
        self.init()
        apply(.present(state.members, state.count))
    }

    /// The members as texts, sorted; `nil` when only their number is known.
    var names: [String]? { members.map { $0.values.map(\.text).sorted() } }

    /// Returns those who have left and of whom it was not known that they were there.
    @discardableResult
    mutating func apply(_ notice: PresenceNotice) -> [Member] {
        count = notice.count
        switch notice {
        case .present(let list, _):
            members = list.map { Dictionary($0.map { ($0.id, $0) }, uniquingKeysWith: { $1 }) }
        case .joined(let list, _):
            for member in list { members?[member.id] = member }
        case .left(let list, _):
            guard var known = members else { return [] }
            let strangers = list.filter { known.removeValue(forKey: $0.id) == nil }
            members = known
            return strangers
        }
        return []
    }
}

/// Somebody who asked who is there when others had been told things before, and from then on is told what they are.
struct Latecomer: Sendable {
    let room: PresenceRoom
    let state: PresenceState
    /// How many notices there were before the answer.
    let earlier: Int

    /// What it believes. Of somebody who is missing in the answer already it may be told that he has left.
    var belief: PresenceBelief {
        var known = PresenceBelief(state)
        for notice in room.told.dropFirst(earlier) { known.apply(notice) }
        return known
    }

    /// Waits until it believes that these are there, and how many.
    func believes(_ expected: [String], _ count: PresenceCount) async throws {
        try await room.eventually("that whoever came late believes \(expected.sorted())") {
            self.belief.names == expected.sorted() && self.belief.count == count
        }
    }
}
