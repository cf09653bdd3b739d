import JSONWire
import NIOCore

/// The fields of a JSON object, each of the type that the protocol says. A field that is not there, or `null`, is the
/// zero value of its type; of two with one name the last counts.
struct JSONFields {
    private let fields: [(name: String, value: JSONValue)]

    /// - Parameter text: of one object, and nothing else.
    init(_ text: ByteBuffer) throws(ProtocolViolation) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(text)
        } catch {
            throw ProtocolViolation("not JSON: \(error)")
        }
        try self.init(value, name: "a command")
    }

    private init(_ value: JSONValue, name: String) throws(ProtocolViolation) {
        guard let fields = value.fields else { throw ProtocolViolation("\(name) is not an object") }
        self.fields = fields
    }

    private subscript(_ name: String) -> JSONValue? {
        let value = fields.last { $0.name == name }?.value
        return value?.kind == .null ? nil : value
    }

    func string(_ name: String) throws(ProtocolViolation) -> String {
        guard let value = self[name] else { return "" }
        guard let string = value.string else { throw ProtocolViolation("\(name) is not a string") }
        return string
    }

    func bool(_ name: String) throws(ProtocolViolation) -> Bool {
        guard let value = self[name] else { return false }
        guard let bool = value.bool else { throw ProtocolViolation("\(name) is neither true nor false") }
        return bool
    }

    func number<Number: FixedWidthInteger>(_ name: String) throws(ProtocolViolation) -> Number {
        guard let value = self[name] else { return 0 }
        guard let number = value.integer(Number.self) else {
            throw ProtocolViolation("\(name) is not a whole number from \(Number.min) to \(Number.max)")
        }
        return number
    }

    func object(_ name: String) throws(ProtocolViolation) -> JSONFields? {
        guard let value = self[name] else { return nil }
        return try JSONFields(value, name: name)
    }

    /// A field that may be any value, in one line; also `null` is one.
    func payload(_ name: String) -> ByteBuffer? { fields.last { $0.name == name }?.value.line }

    // MARK: Objects whose names are keys

    func strings(_ name: String) throws(ProtocolViolation) -> [String: String] {
        guard let entries = try object(name)?.fields else { return [:] }
        var strings: [String: String] = [:]
        for (key, value) in entries {
            guard let string = value.string else { throw ProtocolViolation("a value of \(name) is not a string") }
            strings[key] = string
        }
        return strings
    }

    func objects(_ name: String) throws(ProtocolViolation) -> [String: JSONFields] {
        guard let entries = try object(name)?.fields else { return [:] }
        var objects: [String: JSONFields] = [:]
        for (key, value) in entries { objects[key] = try JSONFields(value, name: "a value of \(name)") }
        return objects
    }
}

extension JSONValue {
    /// Its text, which white space does not break into lines.
    fileprivate var line: ByteBuffer {
        text.withUnsafeReadableBytes { $0.contains(UInt8(ascii: "\r")) } ? compact : text
    }
}
