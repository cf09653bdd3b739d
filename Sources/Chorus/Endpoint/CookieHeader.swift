/// The header field `Cookie` (RFC 6265 section 4.2.1).
package enum CookieHeader {
    /// The value of the first cookie of that name, without the quotes that it may have around it.
    ///
    /// - Parameter fields: what the request has under `Cookie`.
    package static func value(of name: String, in fields: [String]) -> String? {
        for pair in fields.flatMap({ $0.split(separator: ";") }) {
            let pair = pair.drop { $0 == " " || $0 == "\t" }
            guard let mark = pair.firstIndex(of: "="), pair[..<mark] == name else { continue }
            let value = pair[mark...].dropFirst()
            let isQuoted = value.count > 1 && value.first == "\"" && value.last == "\""
            return String(isQuoted ? value.dropFirst().dropLast() : value)
        }
        return nil
    }
}
