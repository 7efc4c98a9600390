-- Where a document is published is for everyone to read: a name and password before an @ would be, too.
select rules.hold('ledger_document', 'address_without_password', array[
    $$new.url collate "C" !~ '^https?://[^/\\?#]*@'$$
]);
