import ChorusDemo
import Foundation
import Testing

@Suite("The simulated league")
struct LeagueTests {
    private static let phases: [League.Phase] = [.notStarted, .firstHalf, .halfTime, .secondHalf, .fullTime]

    /// What a page makes of a game.
    private struct Decoded: Decodable {
        struct Event: Decodable, Equatable {
            var minute: Int
            var side: String
            var kind: String
            var player: String
        }

        var home: [String: String]
        var away: [String: String]
        var score: [Int]
        var minute: Int
        var phase: String
        var events: [Event]
    }

    /// All that there is to know of a game.
    private func text(_ game: League.Game) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(game), as: UTF8.self)
    }

    private func texts(_ games: [League.Game]) throws -> [String] { try games.map(text) }

    @Test(
        "so many games as asked for, each at a place of its own",
        arguments: [(1, 1), (6, 6), (8, 8), (0, 1), (-5, 1)]
    )
    func count(_ asked: Int, _ expected: Int) {
        let league = League(games: asked, seed: 1)
        #expect(league.games.map(\.id) == (1...expected).map { "pitch-\($0)" })
        #expect(League().games.count == 6)
    }

    @Test("there are never more than 8 at once", arguments: [9, 100])
    func atMost(_ asked: Int) { #expect(League(games: asked, seed: 1).games.count == 8) }

    @Test("who comes first finds games under way", arguments: 0..<20 as Range<UInt64>)
    func beginning(_ seed: UInt64) {
        #expect(League(seed: seed).games.allSatisfy { $0.phase != .notStarted && $0.minute > 0 })
    }

    @Test("the same seed gives the same games, another one others")
    func seed() throws {
        var first = League(seed: 5)
        var second = League(seed: 5)
        var other = League(seed: 6)
        #expect(try texts(first.games) != texts(other.games))
        for _ in 0..<500 {
            let (games, same) = (first.step(), second.step())
            #expect(try texts(games) == texts(same))
            _ = other.step()
        }
        #expect(try texts(first.games) == texts(second.games))
        #expect(try texts(first.games) != texts(other.games))
    }

    @Test("a step gives exactly the games that it has changed, as they are then")
    func changes() throws {
        var league = League(seed: 11)
        for _ in 0..<500 {
            let before = league.games
            let changed = try texts(league.step())
            let expected = try zip(before, league.games).filter { try text($0) != text($1) }.map { try text($1) }
            #expect(changed == expected)
        }
    }

    @Test("phases and minutes follow each other as in a game", arguments: [UInt64(0), 1])
    func minutes(_ seed: UInt64) {
        var league = League(games: 8, seed: seed)
        var before = league.games
        for _ in 0..<600 {
            _ = league.step()
            for (old, new) in zip(before, league.games) {
                let minutes: ClosedRange<Int> =
                    switch new.phase {
                    case .notStarted: 0...0
                    case .firstHalf: 1...45
                    case .halfTime: 45...45
                    case .secondHalf: 46...90
                    case .fullTime: 90...90
                    }
                #expect(minutes.contains(new.minute), "\(new.phase) \(new.minute)")
                #expect(new.id == old.id)
                guard old.phase != new.phase else {
                    let isRunning = old.phase == .firstHalf || old.phase == .secondHalf
                    #expect(new.minute == old.minute + (isRunning ? 1 : 0))
                    continue
                }
                let next = (Self.phases.firstIndex(of: old.phase) ?? 0) + 1
                #expect(new.phase == Self.phases[next % Self.phases.count])
                // nothing is left out: a half ends after its last minute
                if old.phase == .firstHalf { #expect(old.minute == 45) }
                if old.phase == .secondHalf { #expect(old.minute == 90) }
                if new.phase == .firstHalf { #expect(new.minute == 1) }
                if new.phase == .secondHalf { #expect(new.minute == 46) }
            }
            before = league.games
        }
    }

    @Test("the score is the goals among the events, which are in order and never change", arguments: [UInt64(0), 1])
    func events(_ seed: UInt64) {
        var league = League(seed: seed)
        var before = league.games
        var goals = 0
        for _ in 0..<1000 {
            _ = league.step()
            for (old, new) in zip(before, league.games) {
                let scored = new.events.filter { $0.kind == .goal }.map(\.side)
                #expect(new.score == [scored.filter { $0 == .home }.count, scored.filter { $0 == .away }.count])
                let minutes = new.events.map(\.minute)
                #expect(minutes == minutes.sorted())
                #expect(minutes.allSatisfy { (1...max(1, new.minute)).contains($0) })
                #expect(new.events.allSatisfy { !$0.player.isEmpty })
                let isNext = old.phase == .fullTime && new.phase == .notStarted
                if isNext {
                    #expect(new.events.isEmpty)
                    #expect(new.score == [0, 0])
                    goals += old.score.reduce(0, +)
                    continue
                }
                #expect(new.home.short == old.home.short && new.away.short == old.away.short)
                #expect(new.events.count - old.events.count <= 1)
                #expect(new.events.prefix(old.events.count).map(\.minute) == old.events.map(\.minute))
                // only while it is played
                let isRunning = old.phase == .firstHalf || old.phase == .secondHalf
                if !isRunning { #expect(new.events.count == old.events.count) }
            }
            before = league.games
        }
        #expect(goals > 0)
    }

    @Test("a club is never in two games at once, and every club gets to play", arguments: [1, 6, 8])
    func clubs(_ games: Int) {
        var league = League(games: games, seed: 2)
        var seen: Set<String> = []
        for _ in 0..<4000 {
            _ = league.step()
            let playing = league.games.flatMap { [$0.home, $0.away] }
            #expect(Set(playing.map(\.short)).count == 2 * games)
            #expect(Set(playing.map(\.name)).count == 2 * games)
            seen.formUnion(playing.map(\.short))
        }
        #expect(seen.count == 18)
        #expect(seen.allSatisfy { $0.count == 3 })
    }

    @Test("games go on for ever, everywhere")
    func forEver() {
        var league = League(games: 8, seed: 3)
        var finished = [Int](repeating: 0, count: 8)
        for _ in 0..<20_000 {
            let before = league.games
            _ = league.step()
            for (index, game) in league.games.enumerated() where game.phase == .fullTime {
                if before[index].phase != .fullTime { finished[index] += 1 }
            }
        }
        // a game takes two hours of steps
        #expect(finished.allSatisfy { $0 >= 150 }, "\(finished)")
    }

    @Test("as JSON a game is all that there is to know")
    func json() throws {
        var league = League(games: 1, seed: 4)
        while league.games[0].events.isEmpty { _ = league.step() }
        let game = league.games[0]
        let data = try JSONEncoder().encode(game)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object.keys.sorted() == ["away", "events", "home", "id", "minute", "phase", "score"])
        let decoded = try JSONDecoder().decode(Decoded.self, from: data)
        #expect(decoded.home == ["name": game.home.name, "short": game.home.short])
        #expect(decoded.away == ["name": game.away.name, "short": game.away.short])
        #expect(decoded.score == game.score)
        #expect(decoded.minute == game.minute)
        #expect(decoded.phase == game.phase.rawValue)
        let event = game.events[0]
        let expected = Decoded.Event(
            minute: event.minute,
            side: event.side.rawValue,
            kind: event.kind.rawValue,
            player: event.player
        )
        #expect(decoded.events.first == expected)
        #expect(decoded.events.count == game.events.count)
    }
}
