public import ChorusCore

extension Topic {
    /// Lets a client receive what is published from now on. Returns when it does.
    ///
    /// The client must be of a server with this topic's hub.
    public func join(_ client: Client) async {
        let name = name
        await client.performAndWait { $0.session?.subscribe(to: .named(name)) }
    }

    /// Lets a client receive nothing more. The end of its connection does that too.
    public func leave(_ client: Client) async {
        let name = name.description
        await client.performAndWait { $0.session?.unsubscribe(from: name) }
    }
}
