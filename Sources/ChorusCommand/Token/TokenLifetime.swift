import ArgumentParser

/// For how long a token is valid: a number of seconds, or of `s`, `m`, `h` or `d`; or `never` ends it.
struct TokenLifetime: ExpressibleByArgument, Equatable {
    static let oneHour = TokenLifetime(text: "1h", seconds: 3600)

    /// As it was given.
    private let text: String
    /// `nil` for ever.
    let seconds: Int64?

    /// A hundred years.
    private static let longest: Int64 = 36_525 * 86_400

    private init(text: String, seconds: Int64?) {
        self.text = text
        self.seconds = seconds
    }

    init?(argument: String) {
        guard argument != "never" else {
            self.init(text: argument, seconds: nil)
            return
        }
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        let unit = argument.last.flatMap { units[$0] }
        guard let count = Int64(unit == nil ? argument : String(argument.dropLast())), count > 0 else { return nil }
        let (seconds, isFar) = count.multipliedReportingOverflow(by: unit ?? 1)
        guard !isFar, seconds <= TokenLifetime.longest else { return nil }
        self.init(text: argument, seconds: seconds)
    }

    var defaultValueDescription: String { text }
}
