import NIOCore

/// What has happened in a topic since its subscribers were last told: only what is different now.
///
/// Bounded: who came and went in between is forgotten, and beyond the limit of members only that there is something to
/// tell.
struct PresenceNews: Sendable {
    /// What is to be told of one identifier: that the one who was told of has gone, that somebody has come, or first
    /// the one and then the other.
    private struct Change: Sendable {
        var left: Member?
        var joined: Member?
    }

    private let options: PresenceOptions
    private let limit: Int
    private var changes: [String: Change] = [:]
    /// The identifiers of the changes in their order, and some that are no changes any more.
    private var order: [String] = []
    private(set) var hasAny = false
    /// Subscribers know who is there; otherwise only how many.
    private var isListed = true
    /// More has changed than is remembered.
    private var isForgotten = false
    /// How many there were when it was told last.
    private var toldCount = PresenceCount(sessions: 0, users: 0)
    /// Not to be told before this.
    private var next = NIODeadline.uptimeNanoseconds(0)

    /// So few changes are told as such, whoever is there.
    private static let fewChanges = 16
    /// At most so many notices are written to subscribers in a second.
    private static let pausePerMember = TimeAmount.microseconds(100)

    init(_ options: PresenceOptions) {
        self.options = options
        limit = min(max(0, options.listLimit), PresenceOptions.mostListed)
    }

    /// When it is to be told.
    var due: NIODeadline? { hasAny ? next : nil }

    func isDue(_ now: NIODeadline) -> Bool { hasAny && next <= now }

    mutating func joined(_ member: Member) { change(member.id) { $0.joined = member } }

    /// Only the numbers have changed.
    mutating func counted() { hasAny = options.isTold }

    mutating func left(_ member: Member) {
        change(member.id) { change in
            if change.joined == nil { change.left = member } else { change.joined = nil }
        }
    }

    private mutating func change(_ id: String, _ body: (inout Change) -> Void) {
        guard options.isTold else { return }
        hasAny = true
        guard isListed, !isForgotten else { return }
        var change = changes[id] ?? Change()
        if changes[id] == nil { order.append(id) }
        body(&change)
        changes[id] = change.left == change.joined ? nil : change
        if changes.isEmpty {
            // what has changed may be the numbers alone
            order = []
        } else if order.count > limit + PresenceNews.fewChanges {
            // it will be told who is there, or how many
            isForgotten = true
            changes = [:]
            order = []
        }
    }

    /// How many are there as subscribers know it.
    func told(_ count: PresenceCount) -> PresenceCount { hasAny ? toldCount : count }

    /// Who is there as subscribers know it: what happens afterwards makes of it what they will know then. `nil` if they
    /// know numbers only, or if there are more than `limit`.
    func told(_ count: Int, limit: Int, members: () -> [Member]) -> [Member]? {
        guard isListed, count - changes.count <= limit else { return nil }
        // who is there will be told anew, or there is nothing to tell
        guard !changes.isEmpty else { return count <= limit ? members() : nil }
        let joined = Set(changes.compactMap { $0.value.joined?.id })
        let known = members().filter { !joined.contains($0.id) } + changes.compactMap(\.value.left)
        return known.count <= limit ? known : nil
    }

    /// What is to be told.
    ///
    /// - Parameters:
    ///   - told: how many are told of.
    ///   - members: all of them.
    mutating func take(now: NIODeadline, count: PresenceCount, told: Int, members: () -> [Member]) -> [PresenceNotice] {
        defer {
            toldCount = count
            changes = [:]
            order = []
            hasAny = false
            isForgotten = false
            next = now + max(options.interval, PresenceNews.pausePerMember * told)
        }
        // back from numbers to names only when it is well below the limit
        guard told <= (isListed ? limit : limit * 3 / 4) else {
            isListed = false
            return [.present(nil, count)]
        }
        guard isListed, !isForgotten, changes.count <= max(told, PresenceNews.fewChanges) else {
            isListed = true
            return [.present(members(), count)]
        }
        var left: [Member] = []
        var joined: [Member] = []
        for id in order {
            guard let change = changes.removeValue(forKey: id) else { continue }
            if let member = change.left { left.append(member) }
            if let member = change.joined { joined.append(member) }
        }
        if left.isEmpty, joined.isEmpty { return count == toldCount ? [] : [.joined([], count)] }
        return (left.isEmpty ? [] : [.left(left, count)]) + (joined.isEmpty ? [] : [.joined(joined, count)])
    }
}
