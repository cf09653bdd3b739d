import Chorus
import ChorusCore
import ChorusDemo

/// `chorus serve --demo`: what the pages under `/demo` show. Each is also a program of its own in `Examples/`.
enum Demos {
    static let namespaces = [
        Namespace("chat", history: .last(1000), presence: true, payload: .json),
        Namespace("notifications", history: .last(100, for: .hours(24)), publishers: .server),
        Namespace("scores", latest: Latest(keys: 100), overflow: .latest, publishers: .server),
        Namespace("ticker", latest: Latest(keys: 1000), overflow: .latest, publishers: .server),
    ]

    /// Lets simulated people, clubs and markets publish while the server runs. What a server that is overloaded does not
    /// take is left out.
    static func add(to server: BroadcastServer) {
        let hub = server.hub
        server.whileRunning {
            var postbox = Postbox()
            while true {
                let (user, notification) = postbox.next()
                _ = try? await hub.publish(notification, to: TopicName("notifications:\(user)"))
                try await Task.sleep(for: .seconds(5))
            }
        }
        server.whileRunning {
            let topic = try hub.topic("scores")
            var league = League()
            for game in league.games { _ = try? await topic.publish(game, key: game.id) }
            while true {
                try await Task.sleep(for: .seconds(1))
                for game in league.step() { _ = try? await topic.publish(game, key: game.id) }
            }
        }
        server.whileRunning {
            let topic = try hub.topic("ticker")
            var market = Market()
            for quote in market.all { _ = try? await topic.publish(quote, key: quote.symbol) }
            var next = ContinuousClock.now
            while true {
                next = max(next + .milliseconds(10), .now - .seconds(1))
                try await Task.sleep(until: next)
                for quote in market.trade(30) { _ = try? await topic.publish(quote, key: quote.symbol) }
            }
        }
    }
}
