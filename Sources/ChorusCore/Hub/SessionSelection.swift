/// Sessions that something is to be done to.
public struct SessionSelection: Sendable, Hashable {
    /// Whose; `nil` for those of clients of whom nobody has said who they are.
    public var user: String?
    /// Only this one. Default all.
    public var session: SessionID?
    /// None of these. Default none.
    public var except: Set<SessionID>

    /// Selects sessions.
    public init(user: String?, session: SessionID? = nil, except: Set<SessionID> = []) {
        self.user = user
        self.session = session
        self.except = except
    }

    fileprivate func includes(_ session: Session) -> Bool {
        let isTheirs = user.map { session.user == $0 } ?? (session.user ?? "").isEmpty
        return isTheirs && !except.contains(session.id)
    }
}

extension Hub {
    /// Does something to every session that is selected, on its shard. Returns how many there are. Of those of nobody,
    /// which may be very many, each event loop does a part at a time.
    func forEach(_ selection: SessionSelection, _ body: @escaping @Sendable (Session) -> Void) async -> Int {
        var count = 0
        for shard in shards {
            var last: SessionID?
            var rest: Int?
            repeat {
                let (start, most) = (last, rest)
                let part = await shard.value { shard in
                    let (some, rest) = shard.candidates(selection, after: start, most: most)
                    let selected = some.filter(selection.includes)
                    for session in selected { body(session) }
                    return (count: selected.count, last: some.last?.id, rest: rest)
                }
                count += part.count
                last = part.last
                rest = part.rest
            } while rest != 0
        }
        return count
    }
}

extension Shard {
    private static let part = 256

    /// Some that may be meant, and how many more are to be looked at: at first as many as there are, and no more than
    /// that, because those who are ended may come back faster than this goes on.
    fileprivate func candidates(
        _ selection: SessionSelection,
        after id: SessionID?,
        most: Int?
    ) -> (some: [Session], rest: Int) {
        if let one = selection.session { return (session(one).map { [$0] } ?? [], 0) }
        if let user = selection.user { return (users[user].map { Array($0.sessions.values) } ?? [], 0) }
        let most = most ?? sessions.count
        let wanted = min(most, Shard.part)
        let some = sessions.page(after: id, count: wanted)
        return (some, some.count < wanted ? 0 : most - wanted)
    }
}
