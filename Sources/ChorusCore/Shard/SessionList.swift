/// The sessions of a shard, in the order of their identifiers, which is that of their opening. Dense, because there may
/// be a million; who leaves makes a hole, and when half are holes they are closed.
struct SessionList {
    private var places: ContiguousArray<Session?> = []
    private(set) var count = 0

    mutating func append(_ session: Session) {
        session.place = Int32(places.count)
        places.append(session)
        count += 1
    }

    /// Returns whether it was there.
    mutating func remove(_ session: Session) -> Bool {
        let place = Int(session.place)
        guard place >= 0 else { return false }
        session.place = -1
        places[place] = nil
        count -= 1
        if places.count > 2 * count + 64 { closeHoles() }
        return true
    }

    private mutating func closeHoles() {
        var closed: ContiguousArray<Session?> = []
        closed.reserveCapacity(count)
        for case let session? in places {
            session.place = Int32(closed.count)
            closed.append(session)
        }
        places = closed
    }

    subscript(_ id: SessionID) -> Session? {
        let found = places[place { $0.rawValue < id.rawValue }...].lazy.compactMap { $0 }.first
        return found?.id == id ? found : nil
    }

    /// Up to `count` sessions in their order, the first of them the first after `id`.
    func page(after id: SessionID?, count: Int) -> [Session] {
        let start = id.map { id in place { $0.rawValue <= id.rawValue } } ?? 0
        return Array(places[start...].lazy.compactMap { $0 }.prefix(count))
    }

    /// Where those begin whose identifiers are not before what is looked for; holes may come first.
    private func place(_ isBefore: (SessionID) -> Bool) -> Int {
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            guard let place = places[middle..<high].firstIndex(where: { $0 != nil }), let found = places[place] else {
                high = middle
                continue
            }
            if isBefore(found.id) { low = place + 1 } else { high = middle }
        }
        return low
    }
}

extension SessionList: Sequence {
    func makeIterator() -> some IteratorProtocol<Session> { places.lazy.compactMap { $0 }.makeIterator() }
}

/// The sessions that a user has on a shard.
final class UserSessions {
    let name: String
    var sessions: [SessionID: Session] = [:]

    init(_ name: String) { self.name = name }
}
