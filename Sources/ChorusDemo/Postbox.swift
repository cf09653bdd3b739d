/// Simulated notifications of a shop, a calendar and a build server, for three people.
public struct Postbox: Sendable {
    /// What somebody is told.
    public struct Notification: Encodable, Sendable {
        /// How it is meant.
        public enum Level: String, Encodable, Sendable { case info, success, warning, error }

        /// A few words.
        public let title: String
        /// A sentence.
        public let text: String
        /// How it is meant.
        public let level: Level
    }

    /// Who gets some.
    public static let users = ["ada", "grace", "linus"]

    private var dice: Dice

    /// Makes a source of notifications; the same seed gives the same ones.
    public init(seed: UInt64 = .random(in: .min ... .max)) { dice = Dice(seed: seed) }

    /// The next one, and for whom it is.
    public mutating func next() -> (user: String, notification: Notification) {
        let user = Postbox.users[Int.random(in: Postbox.users.indices, using: &dice)]
        let number = Int.random(in: 1000...9999, using: &dice)
        let notification =
            switch Int.random(in: 0..<6, using: &dice) {
            case 0: Notification(title: "Order \(number) is on its way", text: "It arrives tomorrow.", level: .info)
            case 1: Notification(title: "Build \(number) passed", text: "All checks are green.", level: .success)
            case 2: Notification(title: "Build \(number) failed", text: "Two tests did not pass.", level: .error)
            case 3: Notification(title: "Meeting in ten minutes", text: "Room \(number % 40 + 1).", level: .info)
            case 4: Notification(title: "Disk is 90 % full", text: "Host web-\(number % 20 + 1).", level: .warning)
            default: Notification(title: "Payment received", text: "Invoice \(number) is settled.", level: .success)
            }
        return (user, notification)
    }
}
