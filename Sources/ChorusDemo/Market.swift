/// A simulated stock exchange: symbols of companies that do not exist, and prices that walk at random.
public struct Market: Sendable {
    /// The newest price of a symbol.
    public struct Quote: Encodable, Sendable {
        /// Whose price it is.
        public let symbol: String
        /// The price.
        public let price: Double
        /// The price in the beginning.
        public let opening: Double
        /// How many prices of this symbol there have been, this one included.
        public let number: Int

        /// The symbol is the message's key, and need not be said twice.
        enum CodingKeys: String, CodingKey {
            case price = "p"
            case opening = "o"
            case number = "n"
        }
    }

    private var quotes: [Quote]
    private var dice: Dice

    /// Makes a market.
    ///
    /// - Parameters:
    ///   - symbols: how many; 1 to 17,576. Default 300.
    ///   - seed: the same seed gives the same prices.
    public init(symbols: Int = 300, seed: UInt64 = .random(in: .min ... .max)) {
        var dice = Dice(seed: seed)
        quotes = (0..<min(max(1, symbols), 17_576)).map { index in
            let price = Market.rounded(Double.random(in: 5...500, using: &dice))
            return Quote(symbol: Market.symbol(index), price: price, opening: price, number: 0)
        }
        self.dice = dice
    }

    /// Everything that is traded, in the beginning each symbol's opening price.
    public var all: [Quote] { quotes }

    /// Lets some symbols be traded, each at most once, and gives their new prices.
    public mutating func trade(_ count: Int) -> [Quote] {
        var indices = Set<Int>()
        while indices.count < min(count, quotes.count) {
            indices.insert(Int.random(in: quotes.indices, using: &dice))
        }
        // in an order that is the same again
        return indices.sorted().map { index in
            let old = quotes[index]
            // a cent at least, or cheap ones would never move again
            let most = max(0.012, old.price * 0.002)
            let step = Double.random(in: -most...most, using: &dice)
            quotes[index] = Quote(
                symbol: old.symbol,
                price: max(0.01, Market.rounded(old.price + step)),
                opening: old.opening,
                number: old.number + 1
            )
            return quotes[index]
        }
    }

    /// Three letters, all different: a walk through all of them that leaves no order to be seen.
    private static func symbol(_ index: Int) -> String {
        let scrambled = (index * 7_919 + 4_711) % 17_576
        let letters = [scrambled / 676, scrambled / 26 % 26, scrambled % 26]
        return String(decoding: letters.map { UInt8(ascii: "A") + UInt8($0) }, as: UTF8.self)
    }

    private static func rounded(_ price: Double) -> Double { (price * 100).rounded() / 100 }
}
