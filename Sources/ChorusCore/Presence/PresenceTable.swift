import DequeModule
package import NIOCore

/// Who is subscribed to one topic. A value without clock or lock: it is told what happens, and when, and says what is to be
/// told to the subscribers.
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
        /// The identifiers of his members that have left, unless he comes back.
        var departing: Deque<String> = []
    }

    /// So many of a user's members that have left are looked at to find the one whose place is taken.
    private static let mostCompared = 16

    private let options: PresenceOptions
    private var entries: [String: Entry] = [:]
    private var users: [String: User] = [:]
    /// Sessions that took the place of another, and the identifier that it had.
    private var aliases: [String: String] = [:]
    /// Members without a user.
    private var anonymous = 0
    private var departures: Deque<(time: NIODeadline, id: String)> = []
    private var news: PresenceNews

    package init(_ options: PresenceOptions) {
        self.options = options
        self.news = PresenceNews(options)
    }

    /// Whether there is nothing to remember.
    package var isEmpty: Bool { entries.isEmpty && !news.hasAny }

    package var count: PresenceCount { PresenceCount(sessions: entries.count, users: users.count) }

    /// How many are told of.
    private var toldCount: Int { count(isPerUser: options.isPerUser) }

    private func count(isPerUser: Bool) -> Int { isPerUser ? users.count + anonymous : entries.count }

    /// When something is to be done next, if nothing happens before.
    package var due: NIODeadline? {
        guard let departure = departures.first?.time else { return news.due }
        return news.due.map { min($0, departure) } ?? departure
    }

    // MARK: Coming and going

    package mutating func join(_ member: Member, now: NIODeadline) {
        let known = aliases[member.id] ?? member.id
        if let entry = entries[known] {
            guard entry.departure != nil || entry.member.user != member.user || entry.member.info != member.info else {
                return
            }
            remove(known)
        } else if takesPlace(member) {
            return
        }
        add(member)
    }

    package mutating func leave(_ session: String, now: NIODeadline) {
        let id = aliases.removeValue(forKey: session) ?? session
        guard let entry = entries[id], entry.departure == nil else { return }
        guard let user = entry.member.user, options.grace > .zero else { return remove(id) }
        let time = now + options.grace
        entries[id]?.departure = time
        users[user]?.departing.append(id)
        departures.append((time, id))
    }

    /// Lets those go whose grace period is over, and says what is to be told now.
    package mutating func notices(now: NIODeadline) -> [PresenceNotice] {
        while let next = departures.first, next.time <= now {
            departures.removeFirst()
            if entries[next.id]?.departure == next.time { remove(next.id) }
        }
        guard news.isDue(now) else { return [] }
        var news = self.news
        defer { self.news = news }
        return news.take(now: now, count: count, told: toldCount) { members(isPerUser: options.isPerUser) }
    }

    /// A session takes the place of one of its user's that has ended, if the same is said of it.
    private mutating func takesPlace(_ member: Member) -> Bool {
        guard let user = member.user, let departing = users[user]?.departing,
            let index = departing.prefix(PresenceTable.mostCompared).firstIndex(where: { entries[$0]?.member.info == member.info })
        else { return false }
        let id = departing[index]
        users[user]?.departing.remove(at: index)
        entries[id]?.departure = nil
        aliases[member.id] = id
        return true
    }

    private mutating func add(_ member: Member) {
        entries[member.id] = Entry(member: member)
        var told = member
        if let user = member.user {
            if users[user] != nil {
                users[user]?.sessions += 1
                if options.isPerUser { return }
            } else {
                if options.isPerUser { told.id = user }
                users[user] = User(sessions: 1, member: told)
            }
        } else {
            anonymous += 1
        }
        news.joined(told)
    }

    private mutating func remove(_ id: String) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        guard let name = entry.member.user, var user = users[name] else {
            anonymous -= 1
            return news.left(entry.member)
        }
        user.sessions -= 1
        // those who left first are the first to be removed
        if let index = user.departing.firstIndex(of: id) { user.departing.remove(at: index) }
        users[name] = user.sessions > 0 ? user : nil
        guard options.isPerUser else { return news.left(entry.member) }
        if user.sessions == 0 { news.left(user.member) }
    }

    // MARK: Who is there

    package func state(_ query: PresenceQuery) -> PresenceState {
        PresenceState(
            members: count(isPerUser: query.isPerUser) <= query.limit ? members(isPerUser: query.isPerUser) : nil,
            count: count
        )
    }

    private func members(isPerUser: Bool) -> [Member] {
        guard isPerUser else { return entries.values.map(\.member) }
        return users.map { Member(id: $0.key, user: $0.key, info: $0.value.member.info) }
            + entries.values.lazy.map(\.member).filter { $0.user == nil }
    }
}
