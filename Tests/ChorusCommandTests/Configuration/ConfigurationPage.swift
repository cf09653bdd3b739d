import ChorusTesting
import Foundation

/// docs/configuration.md.
enum ConfigurationPage {
    static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../docs/configuration.md").standardizedFileURL

    static func text() throws -> String { try String(contentsOf: file, encoding: .utf8) }

    /// The `chorus.json` of its chapter "Ten lines for production".
    static func production() throws -> String {
        let blocks = try text().components(separatedBy: "```").filter {
            $0.hasPrefix("json\n") && $0.contains("\"tls\"")
        }
        guard let block = blocks.first, blocks.count == 1 else {
            throw TestFailure("\(blocks.count) configurations with TLS in \(file.path)")
        }
        return String(block.dropFirst(5))
    }
}
