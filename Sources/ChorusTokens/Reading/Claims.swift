import Chorus
import JSONWire
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

/// Named values of a token. One that is `null` is as one that is missing; of several with one name the last one counts.
///
/// Reading throws ``TokenRefusal/Code/claim`` when a value is not what it has to be.
struct Claims {
    private let values: [String: JSONValue]
    /// In front of names in sentences: where these values are.
    let place: String

    /// - Parameter value: an object; all else is as an empty one.
    init(_ value: JSONValue, place: String = "") {
        values = Dictionary((value.fields ?? []).map { ($0.name, $0.value) }) { $1 }
        self.place = place
    }

    /// Whether there is one of this name.
    func has(_ name: String) -> Bool { value(name) != nil }

    func string(_ name: String) throws(TokenRefusal) -> String? {
        try read(name, "a string") { $0.string }
    }

    func bool(_ name: String) throws(TokenRefusal) -> Bool? {
        try read(name, "true or false") { $0.bool }
    }

    /// Seconds since 1970, of which a fraction is dropped (RFC 7519 section 2, NumericDate).
    func time(_ name: String) throws(TokenRefusal) -> Int64? {
        try read(name, "a time in seconds since 1970") { value in
            value.integer() ?? value.double.flatMap { Int64(exactly: $0.rounded(.down)) }
        }
    }

    func strings(_ name: String) throws(TokenRefusal) -> [String]? {
        try read(name, "an array of strings") { value in
            value.elements.flatMap { elements in
                let strings = elements.compactMap(\.string)
                return strings.count == elements.count ? strings : nil
            }
        }
    }

    /// One string, or several.
    func oneOrMore(_ name: String) throws(TokenRefusal) -> [String]? {
        if values[name]?.kind == .string { return try string(name).map { [$0] } }
        return try strings(name)
    }

    /// Names and values in their order, each name once.
    func fields(_ name: String) throws(TokenRefusal) -> [(name: String, value: JSONValue)]? {
        try read(name, "an object") { value in
            guard let fields = value.fields else { return nil }
            var last: [String: Int] = [:]
            for (index, field) in fields.enumerated() { last[field.name] = index }
            return fields.enumerated().filter { last[$1.name] == $0 }.map { $1 }
        }
    }

    func object(_ name: String) throws(TokenRefusal) -> Claims? {
        guard try fields(name) != nil, let value = values[name] else { return nil }
        return Claims(value, place: place + name + ".")
    }

    /// One JSON value, whatever it is: as it stands under `name`, or in base64 under `base64`, which counts before.
    func json(_ name: String, orBase64 base64: String? = nil) throws(TokenRefusal) -> ByteBuffer? {
        if let base64, let text = try string(base64), !text.isEmpty {
            guard let bytes = Data(base64Encoded: text) else {
                throw TokenRefusal(.claim, "the token's \(place)\(base64) is not in base64")
            }
            guard let value = try? JSONValue(ByteBuffer(bytes: bytes)) else {
                throw TokenRefusal(.claim, "the token's \(place)\(base64) has no JSON in it")
            }
            return value.compact
        }
        return value(name)?.compact
    }

    private func value(_ name: String) -> JSONValue? { values[name].flatMap { $0.kind == .null ? nil : $0 } }

    private func read<Value>(
        _ name: String,
        _ kind: String,
        _ body: (JSONValue) -> Value?
    ) throws(TokenRefusal) -> Value? {
        guard let value = value(name) else { return nil }
        guard let read = body(value) else { throw TokenRefusal(.claim, "the token's \(place)\(name) is not \(kind)") }
        return read
    }
}
