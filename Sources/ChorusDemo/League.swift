/// A simulated league: clubs that do not exist, whose games go on all the time. A minute of a game is one step.
public struct League: Sendable {
    /// A club.
    public struct Club: Encodable, Sendable {
        /// Its name.
        public let name: String
        /// Three letters.
        public let short: String
    }

    /// Something that happened in a game.
    public struct Event: Encodable, Sendable {
        /// What.
        public enum Kind: String, Encodable, Sendable { case goal, yellow, red }
        /// Whose.
        public enum Side: String, Encodable, Sendable { case home, away }

        /// When, from 1.
        public let minute: Int
        /// Whose player it was.
        public let side: Side
        /// What happened.
        public let kind: Kind
        /// Who.
        public let player: String
    }

    /// Where a game is.
    public enum Phase: String, Encodable, Sendable {
        case notStarted = "not started"
        case firstHalf = "first half"
        case halfTime = "half-time"
        case secondHalf = "second half"
        case fullTime = "full time"
    }

    /// A game, all of it: whoever receives it knows all that there is to know.
    public struct Game: Encodable, Sendable, Identifiable {
        /// Where it is played: stays the same when the next game begins there.
        public let id: String
        /// Who plays.
        public fileprivate(set) var home: Club
        /// Against whom.
        public fileprivate(set) var away: Club
        /// Goals, the home club's first.
        public fileprivate(set) var score = [0, 0]
        /// Its minute, 0 before it begins.
        public fileprivate(set) var minute = 0
        /// Where it is.
        public fileprivate(set) var phase = Phase.notStarted
        /// What happened, in order.
        public fileprivate(set) var events: [Event] = []
        /// Steps until it goes on, while it does not.
        fileprivate var pause: Int

        enum CodingKeys: String, CodingKey { case id, home, away, score, minute, phase, events }
    }

    /// All games as they are.
    public private(set) var games: [Game]
    private var clubs: [Club]
    private var dice: Dice

    /// Makes a league.
    ///
    /// - Parameters:
    ///   - games: how many at once; 1 to 8. Default 6.
    ///   - seed: the same seed gives the same games.
    public init(games: Int = 6, seed: UInt64 = .random(in: .min ... .max)) {
        var dice = Dice(seed: seed)
        clubs = League.clubs.shuffled(using: &dice)
        self.games = []
        for number in 1...max(1, min(games, 8)) {
            let home = clubs.removeLast()
            let away = clubs.removeLast()
            self.games.append(
                Game(id: "pitch-\(number)", home: home, away: away, pause: Int.random(in: 1...20, using: &dice))
            )
        }
        self.dice = dice
        // who comes first finds games under way
        for _ in 0..<60 { _ = step() }
    }

    /// Lets a minute pass, and gives the games that it has changed.
    public mutating func step() -> [Game] {
        games.indices.compactMap { index in
            if games[index].pause > 0 {
                games[index].pause -= 1
                guard games[index].pause == 0 else { return nil }
                goOn(index)
            } else {
                play(index)
            }
            return games[index]
        }
    }

    private mutating func goOn(_ index: Int) {
        switch games[index].phase {
        case .notStarted:
            games[index].phase = .firstHalf
            games[index].minute = 1
        case .halfTime:
            games[index].phase = .secondHalf
            games[index].minute = 46
        default:
            clubs.insert(games[index].home, at: 0)
            clubs.insert(games[index].away, at: 0)
            let (home, away) = (clubs.removeLast(), clubs.removeLast())
            games[index] = Game(id: games[index].id, home: home, away: away, pause: 8)
        }
    }

    private mutating func play(_ index: Int) {
        happen(index)
        switch (games[index].phase, games[index].minute) {
        case (.firstHalf, 45): stop(index, .halfTime, steps: 6)
        case (.secondHalf, 90): stop(index, .fullTime, steps: 12)
        default: games[index].minute += 1
        }
    }

    private mutating func stop(_ index: Int, _ phase: Phase, steps: Int) {
        games[index].phase = phase
        games[index].pause = steps
    }

    private mutating func happen(_ index: Int) {
        let kind: Event.Kind
        if dice.chance(0.035) {
            kind = .goal
        } else if dice.chance(0.03) {
            kind = dice.chance(0.07) ? .red : .yellow
        } else {
            return
        }
        let side: Event.Side = dice.chance(0.55) ? .home : .away
        if kind == .goal { games[index].score[side == .home ? 0 : 1] += 1 }
        let player = League.players[Int.random(in: League.players.indices, using: &dice)]
        games[index].events.append(Event(minute: games[index].minute, side: side, kind: kind, player: player))
    }

    private static let clubs = [
        Club(name: "Harbour Town", short: "HAR"), Club(name: "Millbrook Rovers", short: "MIL"),
        Club(name: "Northgate", short: "NOR"), Club(name: "Old Quay Athletic", short: "OLD"),
        Club(name: "Kingsfield", short: "KIN"), Club(name: "Lark Hill", short: "LAR"),
        Club(name: "Saltmarsh United", short: "SAL"), Club(name: "Ferrybridge", short: "FER"),
        Club(name: "Castle Wanderers", short: "CAS"), Club(name: "Greenway", short: "GRE"),
        Club(name: "Stonebridge", short: "STO"), Club(name: "West Pier", short: "WES"),
        Club(name: "Tower Street", short: "TOW"), Club(name: "Ashdown", short: "ASH"),
        Club(name: "Bellwood", short: "BEL"), Club(name: "Vale Park", short: "VAL"),
        Club(name: "Underhill", short: "UND"), Club(name: "Royal Mint", short: "ROY"),
    ]

    private static let players = [
        "Abara", "Berg", "Castellan", "Dogan", "Eriksen", "Fofana", "Grimaldi", "Haddad", "Ivanov", "Jansen", "Kaya",
        "Lindqvist", "Moreau", "Nakata", "Okafor", "Petrov", "Quiroga", "Rossi", "Sato", "Tanaka", "Ueda", "Varga",
        "Weber", "Yilmaz", "Zapata",
    ]
}
