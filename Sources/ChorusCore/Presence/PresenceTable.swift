import DequeModule
package import NIOCore

/// Who is subscribed to one topic. A value without clock or lock: it is told what happens, and when, and says what is
/// to be told to the subscribers.
package struct PresenceTable: Sendable {
    /// The member of a session. Of most nothing is known but that, and that costs no memory beside the table's.
    private enum Entry: Sendable {
        case anonymous
        /// - Parameter departure: its session has ended: when it has left, unless its user comes back before.
        indirect case known(Member, departure: NIODeadline?)

        init(_ member: Member, of session: String, departure: NIODeadline? = nil) {
            self = member == Member(id: session) ? .anonymous : .known(member, departure: departure)
        }

        func member(of session: String) -> Member {
            switch self {
            case .anonymous: Member(id: session)
            case .known(let member, _): member
            }
        }

        var departure: NIODeadline? {
            if case .known(_, let departure) = self { departure } else { nil }
        }
    }

    /// A user's sessions, and as whom he is told of where users are told of once.
    private struct User: Sendable {
        var sessions: Int
        var member: Member
        /// His sessions that have ended and have not left, the first to end first.
        var departing: Deque<String> = []
    }

    /// So many of a user's sessions that have ended are looked at to find the one whose place is taken.
    private static let mostCompared = 16

    private let options: PresenceOptions
    /// By session.
    private var entries: [String: Entry] = [:]
    private var users: [String: User] = [:]
    /// Those of whom nothing is told, by session.
    private var quiet: [String: Member] = [:]
    /// Identifiers of members whose session is not the one that they are named after.
    private var borrowed: Set<String> = []
    /// Members without a user.
    private var anonymous = 0
    private var departures: Deque<(time: NIODeadline, session: String)> = []
    private var news: PresenceNews

    package init(_ options: PresenceOptions) {
        self.options = options
        self.news = PresenceNews(options)
    }

    /// Whether there is nothing to remember.
    package var isEmpty: Bool { entries.isEmpty && quiet.isEmpty && isAllTold }

    /// Whether the subscribers know what there is to know.
    package var isAllTold: Bool { !news.hasAny }

    /// How many are there of whom subscribers are told.
    package var count: PresenceCount {
        PresenceCount(sessions: entries.count, users: users.count, anonymous: anonymous)
    }

    /// How many are there.
    private var total: PresenceCount {
        guard !quiet.isEmpty else { return count }
        let quietUsers = Set(quiet.values.compactMap(\.user)).filter { users[$0] == nil }
        return PresenceCount(
            sessions: sessionCount,
            users: users.count + quietUsers.count,
            anonymous: anonymous + quiet.values.count { $0.user == nil }
        )
    }

    /// How many sessions are there.
    package var sessionCount: Int { entries.count + quiet.count }

    /// How many are told of.
    private var toldCount: Int { options.isPerUser ? users.count + anonymous : entries.count }

    /// When something is to be done next, if nothing happens before.
    package var due: NIODeadline? {
        guard let departure = departures.first?.time else { return news.due }
        return news.due.map { min($0, departure) } ?? departure
    }

    // MARK: Coming and going

    /// - Parameter member: its identifier is that of its session.
    package mutating func join(_ member: Member, now: NIODeadline) {
        let session = member.id
        quiet[session] = nil
        guard !member.isQuiet else {
            remove(session)
            quiet[session] = renamed(member)
            return
        }
        if let known = entries[session]?.member(of: session) {
            // whom it is told of as may be another
            if known.user == member.user, known.info == member.info, known.connectionInfo == member.connectionInfo {
                return comesBack(session, as: session)
            }
            remove(session)
        } else if let place = place(for: member) {
            return comesBack(place, as: session)
        }
        add(member, session)
    }

    package mutating func leave(_ session: String, now: NIODeadline) {
        guard quiet.removeValue(forKey: session) == nil, let entry = entries[session], entry.departure == nil else {
            return
        }
        let member = entry.member(of: session)
        guard let user = member.user, options.grace > .zero else { return remove(session) }
        let time = now + options.grace
        entries[session] = Entry(member, of: session, departure: time)
        users[user]?.departing.append(session)
        departures.append((time, session))
        // those who have come back
        if departures.count > 2 * entries.count + 64 {
            departures = departures.filter { entries[$0.session]?.departure == $0.time }
        }
    }

    /// Lets those go whose grace period is over, and says what is to be told now.
    package mutating func notices(now: NIODeadline) -> [PresenceNotice] {
        while let next = departures.first, next.time <= now {
            departures.removeFirst()
            if entries[next.session]?.departure == next.time { remove(next.session) }
        }
        guard news.isDue(now) else { return [] }
        var news = self.news
        defer { self.news = news }
        return news.take(now: now, count: count, told: toldCount) { toldMembers }
    }

    /// A session of the same user that has ended, and of which the same is said.
    private func place(for member: Member) -> String? {
        guard let user = member.user, let departing = users[user]?.departing else { return nil }
        return departing.prefix(PresenceTable.mostCompared).first { entries[$0]?.member(of: $0).info == member.info }
    }

    /// A session that has ended has not left: it, or another one in its place, is there.
    private mutating func comesBack(_ old: String, as session: String) {
        guard let entry = entries[old], entry.departure != nil else { return }
        let member = entry.member(of: old)
        forgetDeparture(of: old, member.user)
        entries[old] = nil
        entries[session] = Entry(member, of: session)
        if member.id != session { borrowed.insert(member.id) } else { borrowed.remove(session) }
    }

    private mutating func forgetDeparture(of session: String, _ user: String?) {
        // those who left first are the first to be removed
        guard let user, let index = users[user]?.departing.firstIndex(of: session) else { return }
        users[user]?.departing.remove(at: index)
    }

    /// Another member may have been named after its session.
    private func renamed(_ member: Member) -> Member {
        var member = member
        while borrowed.contains(member.id) { member.id += "'" }
        return member
    }

    private mutating func add(_ member: Member, _ session: String) {
        let member = renamed(member)
        if member.id != session { borrowed.insert(member.id) }
        entries[session] = Entry(member, of: session)
        guard let user = member.user else {
            anonymous += 1
            return news.joined(member)
        }
        var told = member
        if options.isPerUser { told.id = "@" + user }
        if users[user] == nil {
            users[user] = User(sessions: 1, member: told)
        } else {
            users[user]?.sessions += 1
            if options.isPerUser { return news.counted() }
        }
        news.joined(told)
    }

    private mutating func remove(_ session: String) {
        guard let member = entries.removeValue(forKey: session)?.member(of: session) else { return }
        borrowed.remove(member.id)
        guard let name = member.user else {
            anonymous -= 1
            return news.left(member)
        }
        forgetDeparture(of: session, name)
        guard var user = users[name] else { return }
        user.sessions -= 1
        users[name] = user.sessions > 0 ? user : nil
        guard options.isPerUser else { return news.left(member) }
        if user.sessions == 0 { news.left(user.member) } else { news.counted() }
    }

    // MARK: Who is there

    package func state(_ query: PresenceQuery) -> PresenceState {
        guard query.isTold else {
            let members = sessionCount <= query.limit ? self.members + quiet.values : nil
            return PresenceState(members: members, count: total)
        }
        let members = news.told(toldCount, limit: query.limit) { toldMembers }
        return PresenceState(members: members, count: news.told(count))
    }

    /// All of whom subscribers are told, as they are now.
    private var toldMembers: [Member] {
        guard options.isPerUser else { return members }
        return users.values.map(\.member) + members.filter { $0.user == nil }
    }

    private var members: [Member] { entries.map { session, entry in entry.member(of: session) } }
}
