"""Small files of the shape that other programs export, by file name: the program and the text.

The reference page of imports shows what becomes of their columns, and the tests import them.
"""

from typing import Final

FILES: Final[dict[str, tuple[str, str]]] = {
    "google.csv": (
        "Google Contacts",
        "First Name,Middle Name,Last Name,Phonetic First Name,Name Prefix,"
        "Name Suffix,Nickname,Organization Name,Organization Title,Birthday,"
        "Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,"
        "Phone 1 - Value\n"
        "Ann,Q,Test,,Dr.,MBE,Annie,Acme,Buyer,1980-05-01,hi,"
        "* myContacts ::: vip,* Work,ann@example.com,Mobile,07700 900123\n",
    ),
    "google-old.csv": (
        "Google Contacts",
        "Name,Given Name,Family Name,Group Membership,E-mail 1 - Type,"
        "E-mail 1 - Value,Organization 1 - Name,Organization 1 - Title\n"
        "Ann Test,Ann,Test,* myContacts,* Home,ann@example.com,Acme,Buyer\n",
    ),
    "outlook.csv": (
        "Outlook",
        "Title,First Name,Middle Name,Last Name,Suffix,Company,Department,"
        "Job Title,Business Street,Business City,Business Phone,E-mail Address,"
        "E-mail Type,Priority\n"
        "Mrs,Ann,,Test,,Acme,Sales,Buyer,1 Elm St,Leeds,0113 496 0123,"
        "ann@example.com,SMTP,Normal\n",
    ),
    "outlook-de.csv": (
        "Outlook",
        "Anrede;Vorname;Weitere Vornamen;Nachname;Firma;Position;"
        "Straße geschäftlich;Ort geschäftlich;Postleitzahl geschäftlich;"
        "Telefon geschäftlich;Mobiltelefon;E-Mail-Adresse\n"
        "Frau;Ann;;Test;Acme;Einkauf;Elmweg 1;Köln;50667;0221 123456;"
        "0171 2345678;ann@example.com\n",
    ),
    "hubspot.csv": (
        "HubSpot",
        "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,"
        "Lead Status,Create Date,Lifecycle Stage,Associated Company,"
        "Associated Company IDs,Associated Deal\n"
        "51,Ann,Test,ann@example.com,0113 496 0123,rosa,New,2026-01-02,"
        "customer,Acme,7,\n",
    ),
    "hubspot-companies.csv": (
        "HubSpot",
        "Record ID,Company name,Website URL,Company owner,Create Date\n"
        "7,Acme,acme.example.com,rosa,2026-01-02\n",
    ),
    "pipedrive.csv": (
        "Pipedrive",
        "Person - ID,Person - Name,Person - Email (Work),"
        "Person - Phone (Mobile),Organization - Name\n"
        "9,Ann Test,ann@example.com,07700 900123,Acme\n",
    ),
    "pipedrive-orgs.csv": (
        "Pipedrive",
        "Organization - ID,Organization - Name,Organization - Address\n4,Acme,1 Elm St Leeds\n",
    ),
    "salesforce.csv": (
        "Salesforce",
        "Salutation,First Name,Last Name,Email,Phone,Account Name,Title,"
        "Mailing City,Mailing State/Province,Mailing Zip/Postal Code\n"
        "Ms,Ann,Test,ann@example.com,0113 496 0123,Acme,Buyer,Leeds,,LS1\n",
    ),
    "salesforce-leads.csv": (
        "Salesforce",
        "Id,IsDeleted,MasterRecordId,FirstName,LastName,Title,Company,City,"
        "PostalCode,Email,LeadSource,OwnerId,HasOptedOutOfEmail\n"
        "00Q1,false,,Ann,Test,Buyer,Acme,Leeds,LS1,ann@example.com,Web,0051,"
        "true\n",
    ),
    "shopify.csv": (
        "Shopify",
        "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,"
        "Default Address Company,Default Address Address1,Default Address City,"
        "Default Address Zip,Total Spent,Tags\n"
        "'6,Ann,Test,ann@example.com,no,Acme,1 Elm St,Leeds,'LS1,12.00,\"vip,"
        ' new"\n',
    ),
    "square.csv": (
        "Square",
        "Reference ID,First Name,Last Name,Email Address,Phone Number,"
        "Company Name,Birthday,Memo,Square Customer ID,"
        "Email Subscription Status\n"
        "r1,Ann,Test,ann@example.com,0113 496 0123,Acme,1980-05-01,likes tea,"
        "SQ1,unsubscribed\n",
    ),
    "stripe.csv": (
        "Stripe",
        "id,Description,Email,Name,Created (UTC),Delinquent,Plan,Status,"
        "Total Spend\n"
        "cus_1,,ann@example.com,Ann Test,2026-01-02 03:04,false,,active,12.00\n",
    ),
    "quickbooks.csv": (
        "QuickBooks",
        "Full Name,Company,Email,Phone,Mobile,Street,City,ZIP code,"
        "Opening Balance,Currency\n"
        "Ann Test,Acme,ann@example.com,0113 496 0123,07700 900123,1 Elm St,"
        "Leeds,LS1,0,GBP\n",
    ),
    "mailchimp.csv": (
        "Mailchimp",
        "Email Address,First Name,Last Name,MEMBER_RATING,LEID,EUID,TAGS,"
        "UNSUB_TIME\n"
        'ann@example.com,Ann,Test,2,1,a1,"""vip""",2026-01-02 03:04:05\n',
    ),
    "brevo.csv": (
        "Brevo",
        "EMAIL;LASTNAME;FIRSTNAME;EMAIL_BLACKLISTED\nann@example.com;Test;Ann;Yes\n",
    ),
    "listmonk.csv": (
        "listmonk",
        "uuid,email,name,attributes,status,created_at\n"
        "0b5e,ann@example.com,Ann Test,{},blocklisted,2026-01-02\n",
    ),
    "linkedin.csv": (
        "LinkedIn",
        "Notes:\n"
        '"When exporting your data, some email addresses are missing."\n'
        "\n"
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
        "Ann,Test,https://www.linkedin.com/in/ann,,Acme,Buyer,15-Jan-24\n",
    ),
    "woocommerce.csv": (
        "WooCommerce",
        "Customer ID,Username,First name,Last name,Email,Billing Phone,City,"
        "Total spend,Order count\n"
        "12,ann,Ann,Test,ann@example.com,0113 496 0123,Leeds,12.00,3\n",
    ),
    "odoo.csv": (
        "Odoo",
        "Name,Company Type,Related Company,Email\nAnn Test,Individual,Acme,ann@example.com\n",
    ),
    "thunderbird.csv": (
        "Thunderbird",
        "First Name,Last Name,Display Name,Primary Email,Birth Year,"
        "Birth Month,Birth Day\n"
        "Ann,Test,Ann Test,ann@example.com,1980,4,3\n",
    ),
    "gforms.csv": (
        "Google Forms",
        "Timestamp,Email Address,Your full name,Phone\n2026/05/28,ann@example.com,Ann Test,\n",
    ),
    "atomic.csv": (
        "Atomic CRM",
        "first_name,last_name,title,background,first_seen,last_seen,"
        "has_newsletter,status,tags,linkedin_url,company,email_work,phone_work\n"
        "Ann,Test,Buyer,met at fair,2026-01-02,2026-01-03,false,warm,vip,"
        "https://www.linkedin.com/in/ann,Acme,ann@example.com,0113 496 0123\n",
    ),
}
