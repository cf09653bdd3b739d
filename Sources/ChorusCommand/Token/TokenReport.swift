import ChorusTokens
import JSONWire
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

/// What a token says, whether it is true or not, in lines for people.
struct TokenReport {
    let lines: [String]

    init(_ token: UncheckedToken, at now: Int64) {
        var lines = [("header   ", token.header), ("claims   ", token.claims)].map { $0 + TokenReport.printable($1) }
        let times = [("iat", "made     "), ("nbf", "begins   "), ("exp", "expires  "), ("expire_at", "ends     ")]
        for (claim, label) in times {
            guard let time = token.claims[claim]?.double else { continue }
            lines.append("\(label)\(TokenReport.moment(time, now)) (\(claim))")
        }
        self.lines = lines
    }

    /// Its JSON, in which what a terminal could take for a command is escaped.
    private static func printable(_ value: JSONValue) -> String {
        var text = ""
        for scalar in String(buffer: value.compact).unicodeScalars {
            if (0x7F...0x9F).contains(scalar.value) {
                text += "\\u00" + String(scalar.value, radix: 16)
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private static func moment(_ time: Double, _ now: Int64) -> String {
        // before 1970, or after the year 9999
        guard (0..<253_402_300_800).contains(time) else { return "\(time)" }
        let date = Date(timeIntervalSince1970: time).ISO8601Format()
        let distance = Int64(time) - now
        let words = Duration.words(seconds: distance)
        return distance > 0 ? "\(date), in \(words)" : "\(date), \(words) ago"
    }
}
