import DequeModule
package import NIOCore

/// Who is subscribed to one topic. A value without clock or lock: it is told what happens, and when, and says what is
/// to be told to the subscribers.
package struct PresenceTable: Sendable {
    private struct Entry: Sendable {
        var member: Member
        /// Its session has ended: when it has left, unless its user comes back before.
        var departure: NIODeadline?
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
    package var isEmpty: Bool { entries.isEmpty && isAllTold }

    /// Whether the subscribers know what there is to know.
    package var isAllTold: Bool { !news.hasAny }

    package var count: PresenceCount { PresenceCount(sessions: entries.count, users: users.count) }

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
        if let entry = entries[session] {
            if entry.member.user == member.user, entry.member.info == member.info {
                return comesBack(session, as: session)
            }
            remove(session)
        } else if let place = place(for: member) {
            return comesBack(place, as: session)
        }
        add(member, session)
    }

    package mutating func leave(_ session: String, now: NIODeadline) {
        guard let entry = entries[session], entry.departure == nil else { return }
        guard let user = entry.member.user, options.grace > .zero else { return remove(session) }
        let time = now + options.grace
        entries[session]?.departure = time
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
        return departing.prefix(PresenceTable.mostCompared).first { entries[$0]?.member.info == member.info }
    }

    /// A session that has ended has not left: it, or another one in its place, is there.
    private mutating func comesBack(_ old: String, as session: String) {
        guard var entry = entries[old], entry.departure != nil else { return }
        forgetDeparture(of: old, entry.member.user)
        entry.departure = nil
        entries[old] = nil
        entries[session] = entry
        if entry.member.id != session { borrowed.insert(entry.member.id) } else { borrowed.remove(session) }
    }

    private mutating func forgetDeparture(of session: String, _ user: String?) {
        // those who left first are the first to be removed
        guard let user, let index = users[user]?.departing.firstIndex(of: session) else { return }
        users[user]?.departing.remove(at: index)
    }

    private mutating func add(_ member: Member, _ session: String) {
        var member = member
        while borrowed.contains(member.id) { member.id += "'" }
        if member.id != session { borrowed.insert(member.id) }
        entries[session] = Entry(member: member)
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
        guard let entry = entries.removeValue(forKey: session) else { return }
        borrowed.remove(entry.member.id)
        guard let name = entry.member.user else {
            anonymous -= 1
            return news.left(entry.member)
        }
        forgetDeparture(of: session, name)
        guard var user = users[name] else { return }
        user.sessions -= 1
        users[name] = user.sessions > 0 ? user : nil
        guard options.isPerUser else { return news.left(entry.member) }
        if user.sessions == 0 { news.left(user.member) } else { news.counted() }
    }

    // MARK: Who is there

    package func state(_ query: PresenceQuery) -> PresenceState {
        guard query.isTold else {
            let members = entries.count <= query.limit ? entries.values.map(\.member) : nil
            return PresenceState(members: members, count: count)
        }
        let members = news.told(toldCount, limit: query.limit) { toldMembers }
        return PresenceState(members: members, count: news.told(count))
    }

    /// All who are told of, as they are now.
    private var toldMembers: [Member] {
        guard options.isPerUser else { return entries.values.map(\.member) }
        return users.values.map(\.member) + entries.values.lazy.map(\.member).filter { $0.user == nil }
    }
}
