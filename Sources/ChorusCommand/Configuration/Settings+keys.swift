package import ChorusCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

extension Settings.API {
    /// The keys for the HTTP API: the one that stands in the configuration, and those of the file.
    ///
    /// Throws ``ChorusError/Code/invalidConfiguration`` when the file cannot be read or has none.
    package func keys() throws(ChorusError) -> [String] {
        let keys = [key.map { $0[...].trimmed } ?? ""].filter { !$0.isEmpty }
        guard let keyFile else { return keys }
        let text: String
        do {
            text = try String(contentsOfFile: keyFile, encoding: .utf8)
        } catch {
            throw ChorusError(.invalidConfiguration, "the file of API keys, \(keyFile), cannot be read", cause: error)
        }
        let lines = text.drop { $0 == "\u{FEFF}" }.split(whereSeparator: \.isNewline).map(\.trimmed)
        let more = lines.filter { !$0.isEmpty }
        guard !more.isEmpty else {
            throw ChorusError(.invalidConfiguration, "there is no key in the file of API keys, \(keyFile)")
        }
        return keys + more
    }
}

extension Substring {
    /// Without white space around it.
    var trimmed: String {
        var text = drop(while: \.isWhitespace)
        while text.last?.isWhitespace ?? false { text.removeLast() }
        return String(text)
    }
}
