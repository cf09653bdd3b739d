import ChorusDemo
import Foundation
import Testing

@Suite("The simulated market")
struct MarketTests {
    /// All that there is to know of quotes.
    private func text(_ quotes: [Market.Quote]) -> [String] {
        quotes.map { "\($0.symbol) \($0.price) \($0.opening) \($0.number)" }
    }

    @Test("symbols are three letters, and all different", arguments: [1, 300, 17_576])
    func symbols(_ count: Int) {
        let symbols = Market(symbols: count, seed: 1).all.map(\.symbol)
        #expect(symbols.count == count)
        #expect(Set(symbols).count == count)
        #expect(symbols.allSatisfy { $0.utf8.count == 3 && $0.utf8.allSatisfy { (65...90).contains($0) } })
    }

    @Test("symbols are the same whatever the seed, so that a page that reloads finds them")
    func sameSymbols() {
        #expect(Market(seed: 1).all.map(\.symbol) == Market(seed: 2).all.map(\.symbol))
        #expect(Market(seed: 1).all.count == 300)
    }

    @Test("in the beginning all are at their opening prices, between 5 and 500")
    func opening() {
        let quotes = Market(symbols: 2000, seed: 3).all
        #expect(quotes.allSatisfy { $0.price == $0.opening && $0.number == 0 })
        #expect(quotes.allSatisfy { (5...500).contains($0.price) })
        #expect(Set(quotes.map(\.price)).count > 1000)
    }

    @Test("the same seed gives the same prices, another one others")
    func seed() {
        var first = Market(symbols: 100, seed: 7)
        var second = Market(symbols: 100, seed: 7)
        var other = Market(symbols: 100, seed: 8)
        #expect(text(first.all) == text(second.all))
        #expect(text(first.all) != text(other.all))
        for _ in 0..<100 {
            let (trades, same, others) = (first.trade(10), second.trade(10), other.trade(10))
            #expect(text(trades) == text(same))
            #expect(text(trades) != text(others))
        }
        #expect(text(first.all) == text(second.all))
    }

    @Test("numbers count the prices of a symbol without a gap, and prices stay prices", arguments: [UInt64(1), 2, 3])
    func steps(_ seed: UInt64) {
        var market = Market(symbols: 50, seed: seed)
        var newest = Dictionary(uniqueKeysWithValues: market.all.map { ($0.symbol, $0) })
        for _ in 0..<1000 {
            let trades = market.trade(8)
            #expect(trades.count == 8)
            #expect(Set(trades.map(\.symbol)).count == 8)
            for quote in trades {
                guard let before = newest[quote.symbol] else {
                    Issue.record("there is no \(quote.symbol)")
                    continue
                }
                #expect(quote.number == before.number + 1)
                #expect(quote.opening == before.opening)
                #expect(quote.price > 0)
                // a step is at most 0.2 %, and a price has whole cents
                #expect(abs(quote.price - before.price) <= before.price * 0.002 + 0.0051)
                #expect(abs(quote.price * 100 - (quote.price * 100).rounded()) < 1e-6)
                newest[quote.symbol] = quote
            }
        }
        #expect(Set(text(market.all)) == Set(text(Array(newest.values))))
        // all are traded, and prices move
        #expect(market.all.allSatisfy { $0.number > 0 })
        #expect(market.all.filter { $0.price != $0.opening }.count > 40)
    }

    @Test("no more are traded at once than there are", arguments: [(0, 0), (1, 1), (5, 5), (6, 5), (1000, 5)])
    func atMost(_ count: Int, _ expected: Int) {
        var market = Market(symbols: 5, seed: 1)
        let trades = market.trade(count)
        #expect(Set(trades.map(\.symbol)).count == expected)
        #expect(market.all.map(\.number).reduce(0, +) == expected)
    }

    @Test("as JSON a quote is price, opening and number; the symbol is the message's key")
    func json() throws {
        var market = Market(symbols: 1, seed: 1)
        let trades = market.trade(1)
        let quote = try #require(trades.first)
        let fields = try JSONDecoder().decode([String: Double].self, from: JSONEncoder().encode(quote))
        #expect(fields == ["p": quote.price, "o": quote.opening, "n": 1])
    }
}
