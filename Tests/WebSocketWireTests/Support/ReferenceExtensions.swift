/// A second parser of `Sec-WebSocket-Extensions`, which cuts at commas and semicolons outside of quotes.
enum ReferenceExtensions {
    typealias Offer = (name: String, parameters: [(name: String, value: String?)])

    static func parse(_ value: String) -> [Offer]? {
        guard let elements = split(value, at: ",") else { return nil }
        var offers: [Offer] = []
        for element in elements.map(trim) where !element.isEmpty {
            guard let parts = split(element, at: ";")?.map(trim), isToken(parts[0]) else { return nil }
            var offer: Offer = (parts[0], [])
            for part in parts.dropFirst() {
                guard let sides = split(part, at: "=")?.map(trim), sides.count <= 2, isToken(sides[0]) else {
                    return nil
                }
                guard sides.count == 2 else {
                    offer.parameters.append((sides[0], nil))
                    continue
                }
                guard let plain = unquote(sides[1]), isToken(plain) else { return nil }
                offer.parameters.append((sides[0], plain))
            }
            offers.append(offer)
        }
        return offers
    }

    /// The window of the server after an offer of permessage-deflate; nil when it is to be declined.
    static func serverWindow(_ offer: Offer) -> Int? {
        guard offer.name.lowercased() == "permessage-deflate" else { return nil }
        let sizes = Set((8...15).map { String($0) })
        guard Set(offer.parameters.map(\.name)).count == offer.parameters.count else { return nil }
        for (name, value) in offer.parameters {
            switch (name, value) {
            case ("server_no_context_takeover", nil), ("client_no_context_takeover", nil): continue
            case ("client_max_window_bits", nil): continue
            case ("client_max_window_bits", let size?) where sizes.contains(size): continue
            case ("server_max_window_bits", let size?) where sizes.contains(size): continue
            default: return nil
            }
        }
        let window = offer.parameters.first { $0.name == "server_max_window_bits" }?.value
        return window.map { Int($0) } ?? 15
    }

    /// Nil when quotes are not closed.
    private static func split(_ text: String, at separator: Unicode.Scalar) -> [String]? {
        var parts = [""]
        var (isQuoted, isEscaped) = (false, false)
        for scalar in text.unicodeScalars {
            if isQuoted {
                if isEscaped {
                    isEscaped = false
                } else if scalar == "\\" {
                    isEscaped = true
                } else if scalar == "\"" {
                    isQuoted = false
                }
            } else if scalar == "\"" {
                isQuoted = true
            } else if scalar == separator {
                parts.append("")
                continue
            }
            parts[parts.count - 1].unicodeScalars.append(scalar)
        }
        return isQuoted ? nil : parts
    }

    private static func trim(_ text: String) -> String {
        var scalars = text.unicodeScalars[...]
        while scalars.first == " " || scalars.first == "\t" { scalars.removeFirst() }
        while scalars.last == " " || scalars.last == "\t" { scalars.removeLast() }
        return String(scalars)
    }

    /// Without quotes and backslashes; as it is when it has no quotes. Nil when something follows the quotes.
    private static func unquote(_ text: String) -> String? {
        guard text.unicodeScalars.first == "\"" else { return text }
        var plain = ""
        var isEscaped = false
        var rest = text.unicodeScalars.dropFirst()
        while let scalar = rest.popFirst() {
            if !isEscaped, scalar == "\"" { return rest.isEmpty ? plain : nil }
            if !isEscaped, scalar == "\\" {
                isEscaped = true
                continue
            }
            isEscaped = false
            plain.unicodeScalars.append(scalar)
        }
        return nil
    }

    private static let tokenCharacters = Set(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8
    )

    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(tokenCharacters.contains)
    }
}
