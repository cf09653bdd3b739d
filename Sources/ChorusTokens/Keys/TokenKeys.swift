import Chorus
import JWTKit

/// The keys that tokens are checked with.
struct TokenKeys: Sendable {
    var keys: [TokenKey]

    /// The algorithm, with its key, that a token's header asks for.
    ///
    /// Keys with a name are for the tokens that name them, keys without one for all others. A token that names none
    /// may be signed with a named key if it is the only one of its algorithm.
    ///
    /// - Parameters:
    ///   - name: `alg`.
    ///   - id: `kid`.
    func algorithm(_ name: String, id: String?) throws(TokenRefusal) -> any JWTAlgorithm {
        guard let algorithm = TokenAlgorithm(rawValue: name) else {
            let isNone = name.lowercased() == "none"
            throw TokenRefusal(
                .algorithm,
                isNone ? "the token is not signed" : "the algorithm \(name.inQuotes) is none that is accepted"
            )
        }
        if let id {
            let named = keys.filter { $0.id == id }
            let fitting = named.compactMap { $0.algorithms[algorithm] }
            if let key = fitting.first { return key }
            guard named.isEmpty else {
                throw TokenRefusal(.algorithm, "the key \(id.inQuotes) is not for \(algorithm.rawValue)")
            }
        }
        let unnamed = keys.filter { $0.id == nil }.compactMap { $0.algorithms[algorithm] }
        if unnamed.count == 1 { return unnamed[0] }
        let others = keys.compactMap { $0.algorithms[algorithm] }
        guard !others.isEmpty else {
            throw TokenRefusal(.algorithm, "there is no key for the algorithm \(algorithm.rawValue)")
        }
        if let id { throw TokenRefusal(.unknownKey, "there is no key \(id.inQuotes)") }
        guard others.count == 1 else {
            throw TokenRefusal(.unknownKey, "the token does not say with which key it is signed")
        }
        return others[0]
    }
}

extension String {
    /// In quotes, short, and without anything that a terminal could take for a command: for sentences that repeat what
    /// somebody unknown has sent.
    package var inQuotes: String {
        var text = ""
        for scalar in unicodeScalars.prefix(64) {
            text += scalar == "'" ? "'" : scalar.escaped(asASCII: (0x7F...0x9F).contains(scalar.value))
        }
        return "\"\(text)\""
    }
}
