import ChorusCore
import Crypto
import JSONWire
import JWTKit
import NIOCore

extension TokenKey {
    /// The keys of a JSON Web Key Set that can check signatures. Keys of other kinds and for other purposes are passed
    /// over (RFC 7517 section 5); so are symmetric ones, because who may check tokens is not to be able to make them.
    ///
    /// Throws ``ChorusError/Code/invalidConfiguration`` when it is no key set, when a key cannot be what it says it is,
    /// and when there is none left.
    static func keySet(_ json: ByteBuffer) async throws(ChorusError) -> [TokenKey] {
        let set: JSONValue
        do throws(JSONError) {
            set = try JSONValue(json)
        } catch {
            throw ChorusError(.invalidConfiguration, "the key set is no JSON: \(error)")
        }
        guard let entries = set["keys"]?.elements else {
            throw ChorusError(.invalidConfiguration, #"the key set has no array "keys""#)
        }
        var keys: [TokenKey] = []
        for (index, entry) in entries.enumerated() {
            do {
                if let key = try await TokenKey(jwk: entry) { keys.append(key) }
            } catch {
                let name = entry["kid"]?.string?.debugDescription ?? "number \(index + 1)"
                throw ChorusError(.invalidConfiguration, "the key \(name) of the key set cannot be used", cause: error)
            }
        }
        guard !keys.isEmpty else {
            throw ChorusError(.invalidConfiguration, "the key set has no key to check signatures with")
        }
        return keys
    }

    private struct MissingMember: Error, CustomStringConvertible {
        let name: String
        var description: String { "\(name) is missing, or no string" }
    }

    /// `nil` for a key that is for something else.
    private init?(jwk: JSONValue) async throws {
        if let use = jwk["use"]?.string, use != "sig" { return nil }
        if let operations = jwk["key_ops"]?.elements, !operations.contains(where: { $0.string == "verify" }) {
            return nil
        }
        func member(_ name: String) throws -> String {
            guard let value = jwk[name]?.string else { throw MissingMember(name: name) }
            return value
        }
        let id = jwk["kid"]?.string
        let key: TokenKey
        switch (try member("kty"), jwk["crv"]?.string) {
        case ("RSA", _):
            key = try await TokenKey(
                rsa: try Insecure.RSA.PublicKey(modulus: member("n"), exponent: member("e")),
                id: id
            )
        case ("EC", "P-256"):
            key = try await TokenKey(ecdsa: try ES256PublicKey(parameters: (member("x"), member("y"))), id: id)
        case ("EC", "P-384"):
            key = try await TokenKey(ecdsa: try ES384PublicKey(parameters: (member("x"), member("y"))), id: id)
        case ("EC", "P-521"):
            key = try await TokenKey(ecdsa: try ES512PublicKey(parameters: (member("x"), member("y"))), id: id)
        case ("OKP", "Ed25519"):
            key = try await TokenKey(eddsa: try EdDSA.PublicKey(x: member("x"), curve: .ed25519), id: id)
        default: return nil
        }
        guard let name = jwk["alg"]?.string else {
            self = key
            return
        }
        // RFC 9864 calls EdDSA by its curve
        self = key.limited(to: TokenAlgorithm(rawValue: name == "Ed25519" ? "EdDSA" : name).map { [$0] } ?? [])
        if algorithms.isEmpty { return nil }
    }
}
