# language: ja
機能: 二度目からの訪問と、同意を得た人の一括照会 | Later visits, and those who have consented, in bulk

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:later-visit
  シナリオ: 訪問が続く間、二度目からはカードなしで回答される | While home care goes on, later visits are answered without the card
    もし 「架空花子」が自宅で「見本診療所」の訪問診療を暗証番号『1234』により受ける
    かつ 日時が2026年4月30日10時00分になる
    かつ 「見本診療所」が訪問診療のため「架空花子」の資格をカードなしで再照会する
    ならば 資格は有効と回答される [OQS-VISIT-02]
    かつ 回答の番号は『0001234』である [OQS-VISIT-02]
    かつ 限度額区分『A03』が回答される [OQS-VISIT-02]

  @id:later-visit-elsewhere @twin:consent/later-visit
  シナリオ: 訪問していない医療機関には回答されない | An institution that does not care for the patient is answered nothing
    もし 「架空花子」が自宅で「見本診療所」の訪問診療を暗証番号『1234』により受ける
    かつ 日時が2026年4月30日10時00分になる
    かつ 「架空病院」が訪問診療のため「架空花子」の資格をカードなしで再照会する
    ならば 資格は何も回答されない [OQS-VISIT-02]

  @id:later-visit-online @twin:consent/later-visit
  シナリオ: 訪問診療の後でも、オンライン診療の再照会には回答されない | After home visits a question for online care is answered nothing
    もし 「架空花子」が自宅で「見本診療所」の訪問診療を暗証番号『1234』により受ける
    かつ 日時が2026年4月30日10時00分になる
    かつ 「見本診療所」がオンライン診療のため「架空花子」の資格をカードなしで再照会する
    ならば 資格は何も回答されない [OQS-VISIT-02]

  @id:later-visit-too-late @twin:consent/later-visit
  シナリオ: 訪問が絶えて六か月を過ぎれば、カードが要る | Six months after the last visit the card is needed again
    もし 「架空花子」が自宅で「見本診療所」の訪問診療を暗証番号『1234』により受ける
    かつ 日時が2026年10月2日10時00分になる
    かつ 「見本診療所」が訪問診療のため「架空花子」の資格をカードなしで再照会する
    ならば 資格は何も回答されない [OQS-VISIT-02]

  @id:later-visit-goes-on
  シナリオ: 二度目の訪問から、さらに六か月続く | From a second visit care goes on for six months more
    もし 「架空花子」が自宅で「見本診療所」の訪問診療を暗証番号『1234』により受ける
    かつ 日時が2026年9月1日10時00分になる
    かつ 「見本診療所」が訪問診療のため「架空花子」の資格をカードなしで再照会する
    かつ 日時が2026年10月2日10時00分になる
    かつ 「見本診療所」が訪問診療のため「架空花子」の資格をカードなしで再照会する
    ならば 資格は有効と回答される [OQS-VISIT-02]

  @id:bulk-by-consent
  シナリオ: 訪問診療で同意した人の結果は、同意日により一括で得られる | The results of those who consented at home are given in bulk by the day of consent
    もし 「架空花子」が自宅で「見本診療所」の訪問診療を暗証番号『1234』により受ける
    かつ 「見本診療所」が訪問診療の結果を同意日2026年4月1日から2026年4月1日までについて一括で照会する
    ならば 「架空花子」は有効として見つかる [OQS-VISIT-04]
    かつ 「架空花子」は限度額情報と特定疾病情報と健診情報と薬剤情報と診療情報と手術情報への同意とともに見つかる [OQS-VISIT-04]

  @id:bulk-by-other-day @twin:consent/bulk-by-consent
  シナリオ: 同意日が求めた日でなければ得られない | Not given where the consent was on another day
    もし 「架空花子」が自宅で「見本診療所」の訪問診療を暗証番号『1234』により受ける
    かつ 「見本診療所」が訪問診療の結果を同意日2026年4月2日から2026年4月30日までについて一括で照会する
    ならば 「架空花子」は見つからない [OQS-VISIT-04]

  @id:bulk-elsewhere @twin:consent/bulk-by-consent
  シナリオ: ほかの医療機関には得られない | Not given to another institution
    もし 「架空花子」が自宅で「見本診療所」の訪問診療を暗証番号『1234』により受ける
    かつ 「架空病院」が訪問診療の結果を同意日2026年4月1日から2026年4月1日までについて一括で照会する
    ならば 「架空花子」は見つからない [OQS-VISIT-04]

  @id:bulk-of-other-occasion @twin:consent/bulk-by-consent
  シナリオ: オンライン診療の一括照会には、訪問診療の人は出ない | A bulk query for online care finds nobody of the home visits
    もし 「架空花子」が自宅で「見本診療所」の訪問診療を暗証番号『1234』により受ける
    かつ 「見本診療所」がオンライン診療の結果を同意日2026年4月1日から2026年4月1日までについて一括で照会する
    ならば 「架空花子」は見つからない [OQS-VISIT-04]

  @id:bulk-by-examination
  シナリオ: 二度目からの訪問は、受診日により一括で得られる | A later visit is found in bulk by the day of the examination
    もし 「架空花子」が自宅で「見本診療所」の訪問診療を暗証番号『1234』により受ける
    かつ 日時が2026年4月30日10時00分になる
    かつ 「見本診療所」が訪問診療のため「架空花子」の資格をカードなしで再照会する
    かつ 「見本診療所」が訪問診療の結果を受診日2026年4月30日から2026年4月30日までについて一括で照会する
    ならば 「架空花子」は有効として見つかる [OQS-VISIT-04]

  @id:bulk-online
  シナリオ: オンライン診療で同意した人の結果も、一括で得られる | The results of those who consented online are given in bulk too
    もし 「架空花子」が「見本診療所」のオンライン診療を暗証番号『1234』により受ける
    かつ 「見本診療所」がオンライン診療の結果を同意日2026年4月1日から2026年4月1日までについて一括で照会する
    ならば 「架空花子」は有効として見つかる [OQS-VISIT-04]
