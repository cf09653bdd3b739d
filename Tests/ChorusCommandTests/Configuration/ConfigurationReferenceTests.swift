import ChorusCommand
import ChorusTesting
import Foundation
import Testing

@Suite("docs/configuration.md")
struct ConfigurationReferenceTests {
    private let text: String

    init() throws { text = try ConfigurationPage.text() }

    @Test("its table is that of the code")
    func table() throws {
        let rows = SettingReference.settings
        if ProcessInfo.processInfo.environment["WRITE_REFERENCE"] != nil, let range = text.firstRange(of: tableInPage) {
            try text.replacingCharacters(in: range, with: rows)
                .write(to: ConfigurationPage.file, atomically: true, encoding: .utf8)
            return
        }
        #expect(tableInPage == rows, "WRITE_REFERENCE=1 swift test --filter ConfigurationReferenceTests writes it anew")
    }

    private var tableInPage: String {
        let lines = text.components(separatedBy: "\n")
        let start = lines.firstIndex { $0.hasPrefix("| setting | default |") } ?? lines.endIndex
        return lines[start...].prefix { $0.hasPrefix("|") }.joined(separator: "\n")
    }

    @Test("a production server needs ten lines, and nothing is wrong with them")
    func production() throws {
        let file = try ConfigurationPage.production()
        #expect(file.split(separator: "\n").count == 10)
        #expect(text.contains("\n## Ten lines for production\n"))
        let resolved = resolve(file)
        #expect(resolved.complaints.isEmpty)
        let settings = resolved.settings
        #expect(settings.listen.certificate != nil && settings.listen.key != nil && !settings.listen.origins.isEmpty)
        #expect(settings.api.key != nil || settings.api.keyFile != nil)
        #expect(settings.tokens.isOn && settings.namespaces.count == 2)
    }
}

@Suite("Options and settings")
struct FlagSettingTests {
    @Test("every option of chorus serve is a setting, but those that name files and namespaces; and so the other way")
    func flags() async throws {
        let serve = try #require(try await CommandTree.commands().first { $0.commandName == "serve" })
        let names = Set((serve.arguments ?? []).flatMap(\.longNames).filter { !$0.hasPrefix("no-") })
        let others: Set<String> = ["config", "publish", "latest", "json", "help", "version"]
        let rows = SettingReference.settings.components(separatedBy: "`--").dropFirst()
        let settings = Set(rows.map { String($0.prefix { $0 != "`" }) })
        #expect(names.subtracting(others) == settings)
    }
}
