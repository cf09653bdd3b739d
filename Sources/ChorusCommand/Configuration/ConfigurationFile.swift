package import Configuration
package import JSONWire
package import NIOCore

/// A configuration file: JSON (RFC 8259) in which `//` and `/* */` comments, and commas before a closing bracket, may
/// stand. A text that is none is no failure of reading it: it has no values, and a ``problem``.
package struct ConfigurationFile: FileConfigSnapshot {
    /// How a file is read.
    package struct ParsingOptions: FileParsingOptions {
        /// What the file is called where something is wrong with it.
        package var path: String

        package static let `default` = ParsingOptions(path: "the configuration file")
    }

    package let path: String
    package let root: JSONNode
    /// Why the text is no configuration at all.
    package let problem: ConfigurationProblem?
    private let text: [UInt8]

    package init(_ text: ByteBuffer, path: String) {
        self.path = path
        self.text = Array(text.readableBytesView)
        do throws(JSONError) {
            root = try JSONNode(try text.withoutJSONComments())
            problem = nil
        } catch {
            root = .emptyObject
            let place = ConfigurationFile.place(of: error.offset, in: self.text, path: path)
            problem = ConfigurationProblem(place, error.reason)
        }
    }

    /// A value is of another type than it was asked for.
    struct Mismatch: Error {}

    /// Whether both are the same text.
    func isSame(as other: ConfigurationFile?) -> Bool { text == other?.text }

    /// Where a byte of the text is.
    func place(of offset: Int) -> SettingPlace { ConfigurationFile.place(of: offset, in: text, path: path) }

    private static func place(of offset: Int, in text: [UInt8], path: String) -> SettingPlace {
        let before = text.prefix(offset)
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let line = before.count { $0 == 0x0A } + 1
        return .file(path, line: line, column: String(decoding: before[start...], as: UTF8.self).count + 1)
    }

    /// What stands at a place, as it is written; on one line, and not all of it if it is long.
    func text(of node: JSONNode) -> String {
        switch node.content {
        case .object: "an object"
        case .array(let elements): "[\(elements.map { self.text(of: $0) }.joined(separator: ", ").shortened)]"
        case .string(let text): text.quoted
        case .number(let number): number
        case .bool(let flag): "\(flag)"
        case .null: "null"
        }
    }

    /// A problem if the text is another JSON value than an object.
    var otherThanObject: ConfigurationProblem? {
        guard root.fields == nil else { return nil }
        return ConfigurationProblem(place(of: root.offset), "a configuration is an object: {…}")
    }

    // MARK: As a source of swift-configuration

    package var providerName: String { path }

    package init(data: RawSpan, providerName: String, parsingOptions: ParsingOptions) {
        self.init(data.withUnsafeBytes { ByteBuffer(bytes: $0) }, path: parsingOptions.path)
    }

    /// A value by the names, and in lists the indices, that lead to it. Throws if it is of another type.
    package func value(forKey key: AbsoluteConfigKey, type: ConfigType) throws -> LookupResult {
        let content = try root[key.components].map { try ConfigurationFile.content(of: $0, as: type) }
        return LookupResult(encodedKey: "\(key)", value: content.map { ConfigValue($0, isSecret: false) })
    }

    private static func content(of node: JSONNode, as type: ConfigType) throws(Mismatch) -> ConfigContent {
        let content: ConfigContent? =
            switch (type, node.content) {
            case (.string, .string(let text)): .string(text)
            case (.int, .number(let number)): Int(number).map { .int($0) }
            case (.double, .number(let number)): Double(number).map { .double($0) }
            case (.bool, .bool(let flag)): .bool(flag)
            case (.stringArray, .array(let elements)):
                elements.allSatisfy { $0.string != nil } ? .stringArray(elements.compactMap(\.string)) : nil
            default: nil
            }
        guard let content else { throw Mismatch() }
        return content
    }

    package var description: String { path }

    package var debugDescription: String { path }
}

extension String {
    /// On one line, and only its beginning if it is long.
    var shortened: String {
        let line = String(prefix(60).map { $0.isNewline ? " " : $0 })
        return line.count < count ? line + "…" : line
    }

    /// The same in quotes.
    var quoted: String { "\"\(shortened)\"" }
}
